"""Package: the ZIP file that Lambda runs, the same from equal inputs."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import apigw_oauth
from apigw_oauth.deploy import (
    bytecode,
    interpreters,
    lambda_limits,
    local_modules,
    own_modules,
    packaged_settings,
    wheels as wheel_files,
    zip_file,
)
from apigw_oauth.deploy.configuration import Configuration
from apigw_oauth.deploy.local_modules import LocalModules
from apigw_oauth.deploy.package_error import PackageError
from apigw_oauth.deploy.target import Target
from apigw_oauth.project import Project

__all__ = ["FORMAT", "HANDLER", "Package", "PackageError", "build", "finish"]

FORMAT = 1
"""Of package.json."""
HANDLER = "lambda_function.handler"
"""What Lambda is told to call."""

_ENTRY = "apigw_oauth.authorizer.lambda_handler"
_LAMBDA_FUNCTION = f'''"""What Lambda calls: {HANDLER}."""

from {_ENTRY} import handler

__all__ = ["handler"]
'''

Progress = Callable[[str], None]


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


def _say_nothing(_line: str) -> None:
    """Take progress that nobody wants to see."""


def build(
    project: Project,
    *,
    output: Path,
    target: Target,
    wheels: Path | None = None,
    allow_loopback: bool = False,
    progress: Progress = _say_nothing,
) -> Package:
    """Write the package of the authorizer of a project.

    `wheels` is a directory to take wheels from, so that nothing is fetched. `allow_loopback`: verifiers may be at
    http:// addresses of this machine, for trying the package here. Raises SettingsError, PackageError.
    """
    settings = packaged_settings.settings_of(project, allow_loopback=allow_loopback)
    local = _local_modules(project)
    configuration = Configuration(settings["event"], settings["cache"], settings["verifiers"])
    own = own_modules.needed(configuration, entry=[_ENTRY], asked_for=local.ours)
    needs_cryptography = own.cryptography or "cryptography" in local.others
    libraries = wheel_files.libraries(target, wheels, progress) if needs_cryptography else wheel_files.NONE
    files = {
        "authorizer.json": _json(settings),
        "lambda_function.py": _LAMBDA_FUNCTION.encode(),
        **packaged_settings.files_of(project),
        **local.files,
        **own.files,
        **libraries.files,
    }
    warnings = [
        f"{path}: imports {name}, which is neither in the project nor in Lambda; it has to come from a layer"
        for name, path in sorted(local.others.items())
        if name != "cryptography"
    ]
    return finish(files, output=output, target=target, libraries=libraries.versions, warnings=warnings, progress=progress)


def finish(
    files: Mapping[str, bytes],
    *,
    output: Path,
    target: Target,
    libraries: Mapping[str, str],
    warnings: list[str],
    progress: Progress,
) -> Package:
    """Compile the files, and write them into a ZIP file together with package.json. Raises PackageError."""
    progress(f"compiling for Python {target.python}")
    interpreter = interpreters.find(target.python)
    compiled = {} if interpreter is None else bytecode.compiled(files, interpreter=interpreter)
    if interpreter is None:
        warnings = [*warnings, _NOT_COMPILED.format(target.python)]
    about = {
        "format": FORMAT,
        "apigw_oauth": apigw_oauth.__version__,
        "python": target.python,
        "arch": target.architecture,
        "compiled": bool(compiled),
        "libraries": dict(libraries),
        "files": len(files),
    }
    everything = {**files, **compiled, "package.json": _json(about)}
    content = zip_file.zipped(everything)
    unzipped = sum(map(len, everything.values()))
    warnings = [*warnings, *lambda_limits.warnings(len(content), unzipped)]
    zip_file.write(output, content)
    digest = hashlib.sha256(content).hexdigest()
    return Package(output, target, digest, len(content), unzipped, len(everything), tuple(warnings))


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
