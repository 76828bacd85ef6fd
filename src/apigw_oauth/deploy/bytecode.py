"""Compiled files, so that a cold start need not compile. See PEP 552: unchecked, since times say nothing in a ZIP."""

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from apigw_oauth.deploy.package_error import PackageError

# One process that nothing was done in before, and files in the order of their names: what is written depends on
# what the process holds already. The names that are given are all that the files hold of paths.
_SCRIPT = """
import py_compile, sys
for name in sys.stdin.read().splitlines():
    try:
        py_compile.compile(name, dfile=name, doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    except py_compile.PyCompileError as error:
        sys.exit(f"{name}: is not Python {sys.version_info[0]}.{sys.version_info[1]}: {error.exc_value}")
"""


def compiled(files: Mapping[str, bytes], *, interpreter: str) -> dict[str, bytes]:
    """Return the compiled form of each Python file, by its path in `__pycache__`. Raises PackageError."""
    names = sorted(name for name in files if name.endswith(".py"))
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        for name in names:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(files[name])
        _compile(names, interpreter, root)
        made = sorted(root.rglob("*.pyc"))
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in made}


def _compile(names: list[str], interpreter: str, root: Path) -> None:
    done = subprocess.run(  # noqa: S603 - an interpreter that was found, and a text of our own
        [interpreter, "-I", "-S", "-c", _SCRIPT],
        input="\n".join(names),
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PackageError(done.stderr.strip().rpartition("\n")[2] or f"{interpreter} cannot compile")
