"""Compiled files, so that a cold start need not compile. Unchecked (PEP 552): times say nothing in a ZIP file."""

import json
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from apigw_oauth.deploy.packaging import bundle_finder
from apigw_oauth.deploy.packaging.lean_source import lean
from apigw_oauth.deploy.packaging.package_error import PackageError

# One process in which nothing was done before, and files in the order of their names: what is written depends on
# what the process holds already. The names that are given are all that the compiled files hold of paths.
_COMPILING = """
import json, py_compile, sys
for name, compiled in json.load(sys.stdin).items():
    try:
        py_compile.compile(
            name, compiled, name, doraise=True, optimize=0,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
    except py_compile.PyCompileError as error:
        sys.exit(f"{name}: is not Python {sys.version_info[0]}.{sys.version_info[1]}: {error.exc_value}")
"""
_BUNDLING = """
import json, marshal, sys
from importlib.util import MAGIC_NUMBER, source_hash
told, sources = json.load(sys.stdin), []
def compiled(name):
    with open(name, "rb") as file:
        sources.append(file.read())
    return compile(sources[-1], name, "exec", dont_inherit=True, optimize=2)
finder = compiled(told["finder"])
bundle = tuple((module, compiled(name)) for module, name in told["names"].items())
code = finder.replace(co_consts=tuple(bundle if one == "bundle" else one for one in finder.co_consts))
unchecked = (1).to_bytes(4, "little")
with open(told["compiled"], "wb") as file:
    file.write(MAGIC_NUMBER + unchecked + source_hash(b"".join(sources)) + marshal.dumps(code))
"""


def bundle(files: Mapping[str, bytes], *, interpreter: str) -> dict[str, bytes]:
    """Return a package compiled into the one file of its `__init__`, without docstrings and `assert`.

    Raises PackageError.
    """
    top = min(files).partition("/")[0]
    finder = f"{top}/{Path(bundle_finder.__file__).name}"
    sources = {**files, finder: lean(Path(bundle_finder.__file__).read_bytes())}
    compiled = f"{top}/__init__.pyc"
    job = {"finder": finder, "names": {_module(name): name for name in sorted(files)}, "compiled": compiled}
    return _compiled(sources, interpreter, _BUNDLING, job, [compiled])


def beside(files: Mapping[str, bytes], *, python: str, interpreter: str) -> dict[str, bytes]:
    """Return what goes beside sources, into `__pycache__`, and means the same. Raises PackageError."""
    tag = f"cpython-{python.replace('.', '')}"
    names = {name: _cached(name, tag) for name in sorted(files)}
    return _compiled(files, interpreter, _COMPILING, names, names.values())


def _cached(name: str, tag: str) -> str:
    path = PurePosixPath(name)
    return str(path.parent / "__pycache__" / f"{path.stem}.{tag}.pyc")


def _module(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _compiled(
    files: Mapping[str, bytes], interpreter: str, script: str, told: object, results: Iterable[str]
) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        for name, content in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content)
        _run(interpreter, root, script, told)
        return {compiled: (root / compiled).read_bytes() for compiled in results}


def _run(interpreter: str, root: Path, script: str, told: object) -> None:
    # Without ranges, which underline what failed in a line: they are a fifth of the file, and Lambda prints none.
    done = subprocess.run(  # noqa: S603 - an interpreter that was found, and a text of our own
        [interpreter, "-I", "-S", "-X", "no_debug_ranges", "-c", script],
        input=json.dumps(told),
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PackageError(done.stderr.strip().rpartition("\n")[2] or f"{interpreter} cannot compile")
