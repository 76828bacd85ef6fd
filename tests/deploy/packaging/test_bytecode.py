"""Compiled files: by which interpreter, of what, and always the same."""

import json
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
    first = bytecode.bundle(FILES, interpreter=interpreter)
    beside = bytecode.beside(FILES, python=python, interpreter=interpreter)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    before = os.umask(0o077)
    another_order = dict(reversed(FILES.items()))
    assert bytecode.bundle(another_order, interpreter=interpreter) == first
    assert bytecode.beside(another_order, python=python, interpreter=interpreter) == beside
    os.umask(before)
    assert first.keys() == {"package/__init__.pyc"}


def test_ours_lose_what_is_for_readers_and_others_keep_what_they_mean():
    ours = bytecode.bundle(FILES, interpreter=sys.executable)["package/__init__.pyc"]
    assert b"Docs." not in ours
    assert b"More docs." not in ours
    tag = f"cpython-{host().python.replace('.', '')}"
    theirs = bytecode.beside(FILES, python=host().python, interpreter=sys.executable)
    assert theirs.keys() == {f"package/__pycache__/{name}.{tag}.pyc" for name in ("__init__", "module", "other")}
    module = theirs[f"package/__pycache__/module.{tag}.pyc"]
    assert b"More docs." in module
    assert marshal.loads(module[16:]).co_filename == "package/module.py"


BUNDLED = {
    "package/__init__.py": b"from package.inner import word\n\n\ndef __getattr__(name):\n    if name == 'anything':\n        return name\n    raise AttributeError(name)\n",
    "package/inner/__init__.py": b"from package.inner.deep import word\n",
    "package/inner/deep.py": b"word = __name__\n",
    "package/failing.py": b"\n\ndef fail():\n    raise ValueError\n",
}
TELL = """
import importlib, importlib.util, json, sys
sys.path[:0] = [sys.argv[1]]
import package
from package import failing
deep = sys.modules["package.inner.deep"]
told = {
    "word": package.word,
    "attribute": package.anything,
    "file": [package.__file__, deep.__file__, deep.__spec__.origin],
    "package": [package.__package__, package.inner.__package__, deep.__package__],
    "paths": [list(package.__path__), list(package.inner.__path__)],
    "found": [importlib.util.find_spec(f"package.{name}") is not None for name in ("inner", "nowhere")],
    "loaded": sorted(name for name in sys.modules if name.startswith("package")),
}
print(json.dumps(told))
failing.fail()
"""


@pytest.mark.parametrize("python", INSTALLED)
def test_a_package_in_one_file_is_as_one_in_many(tmp_path: Path, python: str):
    interpreter = interpreter_of(python) or ""
    (tmp_path / "package").mkdir()
    for name, content in bytecode.bundle(BUNDLED, interpreter=interpreter).items():
        (tmp_path / name).write_bytes(content)
    done = subprocess.run(
        [interpreter, "-I", "-W", "error", "-c", TELL, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert 'package/failing.py", line 4, in fail' in done.stderr
    assert json.loads(done.stdout) == {
        "word": "package.inner.deep",
        "attribute": "anything",
        "file": [f"{tmp_path}/package/__init__.pyc", *[f"{tmp_path}/package/inner/deep.py"] * 2],
        "package": ["package", "package.inner", "package.inner"],
        "paths": [[f"{tmp_path}/package"], [f"{tmp_path}/package/inner"]],
        "found": [True, False],
        "loaded": ["package", "package.failing", "package.inner", "package.inner.deep"],
    }


def test_what_the_target_does_not_understand_is_a_mistake_of_its_file():
    with pytest.raises(PackageError, match=r"^mine\.py: is not Python 3\.\d+: .*line 1"):
        bytecode.beside({"mine.py": b"def :\n"}, python=host().python, interpreter=sys.executable)
