"""Compiled files, so that a cold start need not compile. Unchecked (PEP 552): times say nothing in a ZIP file."""

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from apigw_oauth.deploy.packaging.package_error import PackageError

# One process in which nothing was done before, and files in the order of their names: what is written depends on
# what the process holds already. The names that are given are all that the compiled files hold of paths.
_SCRIPT = """
import json, py_compile, sys
for name, compiled, level in json.load(sys.stdin):
    try:
        py_compile.compile(
            name, compiled, name, doraise=True, optimize=level,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
    except py_compile.PyCompileError as error:
        sys.exit(f"{name}: is not Python {sys.version_info[0]}.{sys.version_info[1]}: {error.exc_value}")
"""


def instead(files: Mapping[str, bytes], *, interpreter: str) -> dict[str, bytes]:
    """Return Python files compiled, in the place of their sources: without docstrings and `assert`.

    Raises PackageError.
    """
    return _compiled(files, interpreter, {name: (f"{name}c", 2) for name in files})


def beside(files: Mapping[str, bytes], *, python: str, interpreter: str) -> dict[str, bytes]:
    """Return what goes beside sources, into `__pycache__`, and means the same. Raises PackageError."""
    tag = f"cpython-{python.replace('.', '')}"
    return _compiled(files, interpreter, {name: (_cached(name, tag), 0) for name in files})


def _cached(name: str, tag: str) -> str:
    path = PurePosixPath(name)
    return str(path.parent / "__pycache__" / f"{path.stem}.{tag}.pyc")


def _compiled(
    files: Mapping[str, bytes], interpreter: str, names: Mapping[str, tuple[str, int]]
) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        for name, content in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content)
        _run(interpreter, root, [(name, *names[name]) for name in sorted(names)])
        return {compiled: (root / compiled).read_bytes() for compiled, _ in names.values()}


def _run(interpreter: str, root: Path, jobs: list[tuple[str, str, int]]) -> None:
    # Without ranges, which underline what failed in a line: they are a fifth of the file, and Lambda prints none.
    done = subprocess.run(  # noqa: S603 - an interpreter that was found, and a text of our own
        [interpreter, "-I", "-S", "-X", "no_debug_ranges", "-c", _SCRIPT],
        input=json.dumps(jobs),
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PackageError(done.stderr.strip().rpartition("\n")[2] or f"{interpreter} cannot compile")
