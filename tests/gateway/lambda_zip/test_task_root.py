import stat
import zipfile
from pathlib import Path

import pytest

from apigw_oauth.gateway.lambda_zip import task_root
from apigw_oauth.gateway.lambda_zip.task_root import ZipError, unpack


def refusal(file: Path, tmp_path: Path) -> str:
    with pytest.raises(ZipError) as caught:
        unpack(file, tmp_path / "task")
    return str(caught.value)


def test_files_are_unpacked_and_nobody_writes_there(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.py", "1")
        archive.writestr("package/b.py", "2")
    task = tmp_path / "task"
    unpack(tmp_path / "a.zip", task)
    found = {str(path.relative_to(task)): stat.S_IMODE(path.stat().st_mode) for path in task.rglob("*")}
    assert found == {"a.py": 0o444, "package": 0o555, "package/b.py": 0o444}
    assert stat.S_IMODE(task.stat().st_mode) == 0o555
    assert (task / "package" / "b.py").read_text() == "2"


@pytest.mark.parametrize("name", ["../a.py", "a/../../b.py", "/etc/a.py", "..\\a.py", "./"])
def test_a_file_that_leads_out_is_refused_with_the_whole_zip(tmp_path: Path, name: str):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("good.py", "1")
        archive.writestr(name, "2")
    assert "leads out" in refusal(tmp_path / "a.zip", tmp_path)
    assert not (tmp_path / "task").exists()


def test_a_link_is_refused(tmp_path: Path):
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "symbolic link" in refusal(tmp_path / "a.zip", tmp_path)


def test_more_than_lambda_takes_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.py", "123")
        archive.writestr("b.py", "456")
    monkeypatch.setattr(task_root, "LARGEST", 5)
    assert "larger than Lambda takes" in refusal(tmp_path / "a.zip", tmp_path)
    assert not (tmp_path / "task").exists()


def test_what_is_no_zip_or_a_damaged_one_is_refused(tmp_path: Path):
    assert refusal(tmp_path / "nothing.zip", tmp_path) == "No such file or directory"
    file = tmp_path / "a.zip"
    file.write_bytes(b"PK")
    assert "is not a ZIP" in refusal(file, tmp_path)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.py", "content")
    file.write_bytes(file.read_bytes().replace(b"content", b"CONTENT"))
    assert "is not a ZIP" in refusal(file, tmp_path)
