"""ZIP files are read by others as they were meant, and hold nothing of the host."""

import io
import os
import re
import zipfile
from pathlib import Path

import pytest

from apigw_oauth.deploy.packaging import zip_file
from apigw_oauth.deploy.packaging.package_error import PackageError

FILES = {"b/ä.txt": b"text " * 1000, "a.py": b"", "b/a.bin": bytes(range(256))}


def test_they_are_read_as_they_were_written():
    with zipfile.ZipFile(io.BytesIO(zip_file.zipped(FILES))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(FILES)
        assert {entry.filename: archive.read(entry) for entry in archive.infolist()} == FILES
        for entry in archive.infolist():
            assert (entry.date_time, entry.create_system) == ((1980, 1, 1, 0, 0, 0), 3)
            assert entry.external_attr >> 16 == 0o100644
            assert (entry.extra, entry.comment) == (b"", b"")


def test_the_order_in_which_files_come_is_nothing():
    assert zip_file.zipped(dict(reversed(FILES.items()))) == zip_file.zipped(FILES)


def test_what_is_compressed_already_stays_as_it_is(tmp_path: Path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x", b"text " * 1000, zipfile.ZIP_DEFLATED, compresslevel=1)
        archive.writestr("stored", b"text", zipfile.ZIP_STORED)
    with zipfile.ZipFile(path) as archive:
        packed = zip_file.packed(path, archive.getinfo("x"))
        assert packed is not None
        assert zip_file.packed(path, archive.getinfo("stored")) is None
    assert packed != zip_file.Packed.of(b"text " * 1000)
    again = zip_file.zipped({"x": packed})
    assert packed.deflated in again
    assert zipfile.ZipFile(io.BytesIO(again)).read("x") == b"text " * 1000


def test_a_file_is_replaced_and_nothing_is_left_beside(tmp_path: Path):
    path = tmp_path / "a.zip"
    for content in (b"PK one", b"", b"PK two"):
        zip_file.write(path, content)
    assert path.read_bytes() == b"PK two"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_named():
    with pytest.raises(
        PackageError, match=r"^/proc/self/fd/a\.zip: cannot be written: [^;]+; name another place$"
    ):
        zip_file.write(Path("/proc/self/fd/a.zip"), b"PK")


def test_what_is_no_zip_file_is_not_replaced(tmp_path: Path):
    source, device = tmp_path / "functions.py", tmp_path / "device"
    source.write_text("def hello(): ...\n")
    os.mkfifo(device)
    for path in (source, device, tmp_path):
        with pytest.raises(PackageError, match=f"^{re.escape(str(path))}: is there, and no ZIP file; name"):
            zip_file.write(path, b"PK")
    assert source.read_text() == "def hello(): ...\n"
