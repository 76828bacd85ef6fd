"""A deployment ZIP → the directory that Lambda makes of it, /var/task."""

import stat
import zipfile
from pathlib import Path, PurePosixPath

LARGEST = 250 * 1024 * 1024
"""Bytes of the files in a ZIP, unpacked. See "Lambda quotas" in the Lambda Developer Guide."""


class ZipError(ValueError):
    """The file is no ZIP that can be unpacked; the message says why, after the name of the file."""


def unpack(file: Path, directory: Path) -> None:
    """Unpack a ZIP into a directory, and let nobody write there, as in Lambda. Raises ZipError."""
    try:
        with zipfile.ZipFile(file) as archive:
            _check(archive)
            archive.extractall(directory)
    except OSError as error:
        raise ZipError(error.strerror or "cannot be read") from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise ZipError(f"is not a ZIP that can be unpacked ({error})") from None
    for path in [directory, *directory.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)


def _check(archive: zipfile.ZipFile) -> None:
    """Raise ZipError for a file that would not stay in the directory, and for more than Lambda takes."""
    for entry in archive.infolist():
        path = PurePosixPath(entry.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in entry.orig_filename or not path.parts:
            raise ZipError("has a file whose name leads out of the ZIP")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise ZipError("has a symbolic link in it, which may lead out of the ZIP")
    if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
        raise ZipError(f"is larger than Lambda takes: {LARGEST} bytes unpacked")
