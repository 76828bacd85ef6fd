"""Compiled files: by which interpreter, of what, and always the same."""

import marshal
import os
import subprocess
import sys
from pathlib import Path

import pytest

from apigw_oauth.deploy.packaging import bytecode
from apigw_oauth.deploy.packaging.package_error import PackageError
from tests.deploy.packaging.packages import INSTALLED, host, interpreter_of

# What is known to make compiled files differ: sets, names that the interpreter knows already, closures, long texts.
SOURCE = b'''"""Docs."""

import os

NAMES = {"a", "b", "zebra", "self", "__init__"}


def outer(x, y):
    """More docs."""
    assert x

    def inner(z):
        return x in {"e", "d", "c", 1, 2.5} and y or z or "a b c" or (1, 2, "self")

    return inner, lambda: [x + y for x in NAMES]
'''
FILES = {"package/__init__.py": b"", "package/module.py": SOURCE, "package/other.py": SOURCE}


@pytest.mark.parametrize("python", INSTALLED)
def test_they_are_the_same_wherever_they_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, python: str):
    interpreter = interpreter_of(python) or ""
    first = bytecode.instead(FILES, interpreter=interpreter)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    before = os.umask(0o077)
    assert bytecode.instead(dict(reversed(FILES.items())), interpreter=interpreter) == first
    os.umask(before)
    assert first.keys() == {"package/__init__.pyc", "package/module.pyc", "package/other.pyc"}


def test_ours_lose_what_is_for_readers_and_others_keep_what_they_mean():
    ours = bytecode.instead(FILES, interpreter=sys.executable)["package/module.pyc"]
    assert b"Docs." not in ours
    assert b"More docs." not in ours
    tag = f"cpython-{host().python.replace('.', '')}"
    theirs = bytecode.beside(FILES, python=host().python, interpreter=sys.executable)
    assert theirs.keys() == {f"package/__pycache__/{name}.{tag}.pyc" for name in ("__init__", "module", "other")}
    module = theirs[f"package/__pycache__/module.{tag}.pyc"]
    assert b"More docs." in module
    assert marshal.loads(module[16:]).co_filename == "package/module.py"


def test_lines_are_still_told(tmp_path: Path):
    made = bytecode.instead({"failing.py": b"\n\ndef fail():\n    raise ValueError\n"}, interpreter=sys.executable)
    (tmp_path / "failing.pyc").write_bytes(made["failing.pyc"])
    code = "import sys; sys.path[:0] = [sys.argv[1]]; import failing; failing.fail()"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert 'failing.py", line 4, in fail' in done.stderr


def test_what_the_target_does_not_understand_is_a_mistake_of_its_file():
    with pytest.raises(PackageError, match=r"^mine\.py: is not Python 3\.\d+: .*line 1"):
        bytecode.beside({"mine.py": b"def :\n"}, python=host().python, interpreter=sys.executable)
