"""The ZIP files that `deploy` uploads."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from apigw_oauth.deploy.packaging.functions_zip import build_functions
from apigw_oauth.deploy.packaging.package import build
from apigw_oauth.deploy.target import Target
from apigw_oauth.project import Project


class Code(NamedTuple):
    """What is uploaded."""

    authorizer: bytes
    functions: bytes | None
    """None if no route has a function of the project."""
    warnings: tuple[str, ...]


def build_code(
    project: Project, *, target: Target, wheels: Path | None, allow_loopback: bool, whole_api: bool,
    progress: Callable[[str], None],
) -> Code:  # fmt: skip
    """Build them; `whole_api`: also the functions behind it. Raises SettingsError, PackageError."""
    with TemporaryDirectory(prefix="apigw-oauth-") as directory:
        first, second = Path(directory, "authorizer.zip"), Path(directory, "functions.zip")
        made = build(
            project, output=first, target=target, wheels=wheels, allow_loopback=allow_loopback,
            progress=_about("authorizer", progress),
        )  # fmt: skip
        behind = None
        if whole_api:
            told = _about("functions", progress)
            behind = build_functions(project, output=second, target=target, wheels=wheels, progress=told)
        warnings = (*made.warnings, *(() if behind is None else behind.warnings))
        return Code(first.read_bytes(), None if behind is None else second.read_bytes(), warnings)


def _about(what: str, progress: Callable[[str], None]) -> Callable[[str], None]:
    return lambda line: progress(f"{what}: {line}")
