"""ZIP files that are the same, byte for byte, wherever and whenever they are made of the same content.

Written here and not by `zipfile`, which compresses anew what comes compressed: large files of wheels stay as they
are, whatever zlib there is. See PKWARE's APPNOTE.TXT, sections 4.3.7 to 4.3.16.
"""

import os
import struct
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from apigw_oauth.deploy.packaging.package_error import PackageError

_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")
_VERSION = 20
"""2.0, the first with this compression."""
_BY_UNIX = 3 << 8 | _VERSION
_READABLE = 0o100644 << 16
"""A file that everybody may read: Lambda's function runs as another user than the one that unpacks."""
_BEGINNING = (0, 1 << 5 | 1)
"""Midnight of the first of January 1980, where the time of ZIP files begins."""
_UTF8 = 1 << 11
_LEVEL = 9


class Packed(NamedTuple):
    """Content that is compressed already."""

    deflated: bytes
    crc: int
    size: int
    """Bytes before."""

    @classmethod
    def of(cls, content: bytes) -> "Packed":
        """Compress something."""
        deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        return cls(deflate.compress(content) + deflate.flush(), zlib.crc32(content), len(content))


def zipped(files: Mapping[str, bytes | Packed]) -> bytes:
    """Return a ZIP file: sorted by name, without times, owners, and whatever else the host would add."""
    local, central, offset = [], [], 0
    for name in sorted(files):
        content = files[name]
        one = content if isinstance(content, Packed) else Packed.of(content)
        encoded = name.encode()
        about = (
            0 if name.isascii() else _UTF8,
            zipfile.ZIP_DEFLATED,
            *_BEGINNING,
            one.crc,
            len(one.deflated),
            one.size,
        )
        head = _LOCAL.pack(b"PK\3\4", _VERSION, *about, len(encoded), 0) + encoded
        entry = _CENTRAL.pack(b"PK\1\2", _BY_UNIX, _VERSION, *about, len(encoded), 0, 0, 0, 0, _READABLE, offset)
        local += [head, one.deflated]
        central += [entry, encoded]
        offset += len(head) + len(one.deflated)
    size = sum(map(len, central))
    return b"".join([*local, *central, _END.pack(b"PK\5\6", 0, 0, len(files), len(files), size, offset, 0)])


def packed(path: Path, entry: zipfile.ZipInfo) -> Packed | None:
    """Return what a ZIP file holds of an entry, as it is compressed there; None where it is in another way."""
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        return None
    with path.open("rb") as file:
        file.seek(entry.header_offset)
        head = _LOCAL.unpack(file.read(_LOCAL.size))
        file.seek(head[-2] + head[-1], os.SEEK_CUR)
        return Packed(file.read(entry.compress_size), entry.CRC, entry.file_size)


def write(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever finds half of it. Only a ZIP file gives way to it. Raises PackageError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if os.path.lexists(path) and not _gives_way(path):
            raise PackageError(f"{path}: is there, and no ZIP file; name another file")
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):  # where nothing can be written, it says so of what is not there, too
            beside.unlink()
        raise PackageError(f"{path}: cannot be written: {error.strerror}; name another place") from None


def _gives_way(path: Path) -> bool:
    """Say whether a file, damaged or not, was meant to be a ZIP file: a source file or a device was not."""
    if not path.is_file():
        return path.is_symlink() and not path.exists()
    with path.open("rb") as file:
        return file.read(2) in {b"", b"PK"}
