"""Package: the ZIP file that Lambda runs, the same from equal inputs."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import apigw_oauth
from apigw_oauth.deploy.packaging import (
    bytecode,
    entry_point,
    interpreters,
    lambda_limits,
    library_modules,
    local_modules,
    own_modules,
    packaged_settings,
    zip_file,
)
from apigw_oauth.deploy.packaging import wheels as wheel_files
from apigw_oauth.deploy.packaging.configuration import Configuration
from apigw_oauth.deploy.packaging.local_modules import LocalModules
from apigw_oauth.deploy.packaging.package_error import PackageError
from apigw_oauth.deploy.packaging.zip_file import Packed
from apigw_oauth.deploy.target import Target
from apigw_oauth.project import Project

__all__ = ["FORMAT", "HANDLER", "Content", "Package", "PackageError", "build", "content_of", "finish"]

FORMAT = 1
"""Of package.json."""
HANDLER = "lambda_function.handler"
"""What Lambda is told to call."""

_ENTRY = "apigw_oauth.authorizer.lambda_handler"
Progress = Callable[[str], None]


def say_nothing(_line: str) -> None:
    """Take progress that nobody wants to see."""


class Package(NamedTuple):
    """A ZIP file that was written."""

    path: Path
    target: Target
    sha256: str
    """In hexadecimal digits."""
    size: int
    """Bytes of the file."""
    unzipped_size: int
    files: int
    warnings: tuple[str, ...]

    @property
    def code_sha256(self) -> str:
        """The SHA-256 as Lambda shows it (CodeSha256)."""
        return base64.b64encode(bytes.fromhex(self.sha256)).decode("ascii")


class Content(NamedTuple):
    """What goes into a ZIP file, by paths in there."""

    ours: Mapping[str, bytes]
    """Python files of this package: compiled, they go without their sources, in one file."""
    sources: Mapping[str, bytes]
    """Python files that go with their sources, and are compiled beside."""
    others: Mapping[str, bytes | Packed] = MappingProxyType({})
    compiled_others: Mapping[str, bytes] = MappingProxyType({})
    """What of the others is compiled beside."""
    libraries: Mapping[str, str] = MappingProxyType({})
    """Names and versions."""
    warnings: Sequence[str] = ()


def build(
    project: Project,
    *,
    output: Path,
    target: Target,
    wheels: Path | None = None,
    allow_loopback: bool = False,
    progress: Progress = say_nothing,
) -> Package:
    """Write the package of the authorizer of a project.

    `wheels` is a directory to take wheels from, so that nothing is fetched. `allow_loopback`: verifiers may be at
    http:// addresses of this machine, for trying the package here. Raises SettingsError, PackageError.
    """
    content = content_of(project, target, wheels=wheels, allow_loopback=allow_loopback, progress=progress)
    return finish(content, output=output, target=target, progress=progress)


def content_of(
    project: Project,
    target: Target,
    *,
    wheels: Path | None = None,
    allow_loopback: bool = False,
    progress: Progress = say_nothing,
) -> Content:
    """Return what the package of an authorizer is made of. Raises SettingsError, PackageError."""
    settings = packaged_settings.settings_of(project, allow_loopback=allow_loopback)
    local = _local_modules(project)
    own = own_modules.needed(Configuration.of(settings), entry=[_ENTRY], asked_for=local.ours)
    used = (*own.cryptography, *local.cryptography)
    libraries = wheel_files.libraries(target, wheels, progress) if used else wheel_files.NONE
    function = entry_point.text(target, has_machine_code=bool(used))
    return Content(
        ours=own.files,
        sources={"lambda_function.py": function.encode(), **local.files},
        others={"authorizer.json": _json(settings), **packaged_settings.files_of(project), **libraries.files},
        compiled_others=library_modules.imported(libraries.files, used),
        libraries=libraries.versions,
        warnings=local.warnings("layers"),
    )


def finish(
    content: Content,
    *,
    output: Path,
    target: Target,
    progress: Progress = say_nothing,
    find: Callable[[str], str | None] = interpreters.find,
) -> Package:
    """Compile what can be compiled, and write all of it into a ZIP file with package.json. Raises PackageError.

    `find` returns an interpreter of a version, if there is one.
    """
    progress(f"compiling for Python {target.python}")
    interpreter = find(target.python)
    files = {**content.sources, **content.others, **_compiled(content, target, interpreter)}
    about = {
        "format": FORMAT,
        "apigw_oauth": apigw_oauth.__version__,
        "python": target.python,
        "arch": target.architecture,
        "compiled": interpreter is not None,
        "libraries": dict(content.libraries),
        "files": len(files),
        "modules": sorted(content.ours),
    }
    files["package.json"] = _json(about)
    unzipped = sum(one.size if isinstance(one, Packed) else len(one) for one in files.values())
    zipped = zip_file.zipped(files)
    warnings = [*content.warnings, *([] if interpreter else [_NOT_COMPILED.format(target.python)])]
    warnings += lambda_limits.warnings(len(zipped), unzipped)
    zip_file.write(output, zipped)
    digest = hashlib.sha256(zipped).hexdigest()
    return Package(output, target, digest, len(zipped), unzipped, len(files), tuple(warnings))


def _compiled(content: Content, target: Target, interpreter: str | None) -> Mapping[str, bytes]:
    """Return our modules, and what is compiled beside the sources of others. Raises PackageError."""
    if interpreter is None:
        return content.ours
    sources = {**content.sources, **content.compiled_others}
    ours = bytecode.bundle(content.ours, interpreter=interpreter) if content.ours else {}
    return ours | bytecode.beside(sources, python=target.python, interpreter=interpreter)


_NOT_COMPILED = (
    "there is no Python {0} on this machine, so that nothing is compiled, and the function starts about twice as"
    " slowly; install Python {0} (`pyenv install {0}`, `uv python install {0}`) and package again"
)


def _local_modules(project: Project) -> LocalModules:
    """Return what of the project itself is in the function: verifiers of its own, and hooks."""
    entry = []
    for number, table in enumerate(project.file.verifiers):
        module, colon, _ = str(table.get("type")).partition(":")
        if not colon:
            continue
        file = local_modules.file_of(project.directory, module)
        if file is None:
            raise PackageError(
                f"{project.path}: verifiers[{number}].type: the module {module} is not in {project.directory}, and"
                " has no place in the package; put it there"
            )
        entry += [file]
    if project.file.authorizer.on_decision is not None:
        entry += [project.file.authorizer.on_decision.rpartition(":")[0]]
    return local_modules.reachable(project.directory, entry)


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
