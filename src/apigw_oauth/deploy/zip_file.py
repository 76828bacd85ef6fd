"""ZIP files that are the same, byte for byte, wherever and whenever they are made of the same content."""

import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

from apigw_oauth.deploy.package_error import PackageError

_BEGINNING = (1980, 1, 1, 0, 0, 0)
"""Of time, as ZIP files know it."""
_UNIX = 3
_READABLE = 0o100644 << 16
"""A file that everybody may read: Lambda's function runs as another user than the one that unpacks."""
_LEVEL = 9


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a ZIP file: sorted by name, without times, owners, and whatever else the host would add."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _BEGINNING)
            entry.create_system = _UNIX
            entry.external_attr = _READABLE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name], compresslevel=_LEVEL)
    return content.getvalue()


def write(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever finds half of it. Raises PackageError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise PackageError(f"{path}: cannot be written: {error.strerror}; name another place") from None
