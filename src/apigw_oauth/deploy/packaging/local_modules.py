"""The Python files of a project that a function imports, and what they import besides."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from apigw_oauth.deploy.packaging.package_error import PackageError
from apigw_oauth.deploy.packaging.python_imports import Import, imports_of

_AT_LAMBDA = frozenset(
    {"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six", "awslambdaric"}
)
"""What Lambda's Python runtimes bring along."""
_IN_LAMBDA = ("authorizer", "backend")
_RUNNING = "{}.{}".format(*sys.version_info)
_OURS = frozenset({"apigw_oauth", "cryptography", "lambda_function", "static_responses"})
"""What a file of the project must not be called: it would stand in the way of another one in the ZIP."""


class LocalModules(NamedTuple):
    """What goes along of the project itself."""

    files: dict[str, bytes]
    """By their path in the project, which is that in the ZIP."""
    ours: tuple[Import, ...]
    """What they import of this package."""
    cryptography: tuple[str, ...]
    """What they import of `cryptography`."""
    others: dict[str, str]
    """Other modules, which are neither there nor in Lambda, and the first file that imports each."""

    def warnings(self, layers: str) -> list[str]:
        """Say what is missing; `layers` is the key of `[deploy]` that may bring it."""
        return [
            f"{path}: imports {name}, which is neither in the project nor in Lambda;"
            f" it has to come from a layer ([deploy] {layers})"
            for name, path in sorted(self.others.items())
        ]


def reachable(directory: Path, entry: Iterable[str]) -> LocalModules:
    """Return the files that can be imported from some files, paths below the directory, and these themselves.

    Imports in functions count too: somebody wrote them for the day when they are executed. Raises PackageError.
    """
    files: dict[str, bytes] = {}
    ours: list[Import] = []
    cryptography: list[str] = []
    others: dict[str, str] = {}
    waiting = [PurePosixPath(path).as_posix() for path in entry]
    while waiting:
        path = waiting.pop()
        if path in files:
            continue
        files[path] = _read(directory, path)
        above = [str(one / "__init__.py") for one in PurePosixPath(path).parents]
        waiting += [one for one in above if one != "__init__.py" and (directory / one).is_file()]
        for one in _imports(path, files[path]):
            top = one.module.partition(".")[0]
            found = list(_files(directory, one))
            waiting += found
            if top == "apigw_oauth":
                _require_part_of_lambda(path, one.module)
                ours.append(one)
            elif top == "cryptography":
                cryptography += [one.module, *(f"{one.module}.{name}" for name in one.names)]
            elif not found and top not in sys.stdlib_module_names | _AT_LAMBDA:
                others.setdefault(top, path)
            elif found and not _is_there(directory, one.module):
                others.setdefault(one.module, path)
    return LocalModules(files, tuple(ours), tuple(cryptography), others)


def file_of(directory: Path, module: str) -> str | None:
    """Return the file of a module below the directory, as a path in there; None where there is none."""
    path = module.replace(".", "/")
    return next((one for one in (f"{path}/__init__.py", f"{path}.py") if (directory / one).is_file()), None)


def _is_there(directory: Path, module: str) -> bool:
    """Say whether there is a module, or a directory of modules; a package above it is not enough."""
    return file_of(directory, module) is not None or (directory / module.replace(".", "/")).is_dir()


def _files(directory: Path, one: Import) -> Iterator[str]:
    """Return the files that an import executes: the module, the packages above it, and modules taken from it."""
    if one.module.partition(".")[0] in _OURS:
        return
    parts = one.module.split(".")
    names = [".".join(parts[: end + 1]) for end in range(len(parts))]
    names += [f"{one.module}.{name}" for name in one.names]
    yield from filter(None, (file_of(directory, name) for name in names))


def _read(directory: Path, path: str) -> bytes:
    top = Path(path).parts[0].partition(".")[0]
    if top in _OURS:
        raise PackageError(f"{path}: has the name of a module that is part of every package; call it otherwise")
    if top in sys.stdlib_module_names:  # the ZIP is where Lambda looks first
        raise PackageError(f"{path}: would stand in the place of Python's own module {top}; call it otherwise")
    inside = (directory / path).resolve()
    if not inside.is_relative_to(directory.resolve()):
        raise PackageError(f"{path}: is outside of {directory}, and has no place in the package; move it there")
    try:
        return inside.read_bytes()
    except OSError as error:
        raise PackageError(f"{path}: {error.strerror}; write it, or name another file") from None


def _imports(path: str, source: bytes) -> list[Import]:
    try:
        return imports_of(source, package=".".join(Path(path).parent.parts))
    except SyntaxError as error:
        place = path if error.lineno is None else f"{path}:{error.lineno}"
        raise PackageError(f"{place}: is not Python {_RUNNING}: {error.msg}") from None
    except ValueError:
        raise PackageError(f"{path}: is not Python: it is no text") from None


def _require_part_of_lambda(path: str, module: str) -> None:
    part = module.split(".")[1:2]
    if part and not part[0].startswith(_IN_LAMBDA):
        raise PackageError(
            f"{path}: imports {module}, which does not run in Lambda; apigw_oauth.authorizer and"
            " apigw_oauth.backend do"
        )
