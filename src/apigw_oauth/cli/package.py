"""apigw-oauth package: the ZIP file that Lambda runs."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apigw_oauth.cli.options import PROJECT_FILE, JsonOption, ProjectOption, WrongUsageError, settings_errors
from apigw_oauth.cli.target_options import DEFAULT_ARCH, ArchOption, PythonOption, WheelsOption, target_of

if TYPE_CHECKING:
    from apigw_oauth.deploy.packaging.package import Package
    from apigw_oauth.deploy.target import Target

FUNCTIONS = "functions.zip"

OutputOption = Annotated[
    Path, typer.Option("--output", "-o", help="The file to write.", metavar="FILE", dir_okay=False)
]
LoopbackOption = Annotated[
    bool,
    typer.Option(
        "--allow-loopback",
        metavar="",
        help="Take settings with http:// addresses of this machine, to try it here.",
    ),
]


def package(
    *,
    output: OutputOption = Path("authorizer.zip"),
    arch: ArchOption = DEFAULT_ARCH,
    python: PythonOption = None,
    wheels: WheelsOption = None,
    allow_loopback: LoopbackOption = False,
    project: ProjectOption = PROJECT_FILE,
    as_json: JsonOption = False,
) -> None:
    """Write the project's authorizer as a ZIP file that Lambda runs; equal inputs make equal files, byte for byte.

    In it are the modules that the settings can import and no others, authorizer.json, verifiers of your own, and
    `cryptography` where signatures are checked: in the versions that are installed here, as wheels for the
    function's processor and Python, fetched with pip and kept. No secret is in it: references stay references.
    Files are compiled where the function's Python is on this machine.

    The handler is `lambda_function.handler`. Functions behind the routes go into functions.zip beside FILE. Exit
    status: 2 for what cannot be packaged.

    `apigw-oauth package --arch arm64 --python 3.13`

    `apigw-oauth package --arch x86_64 && apigw-oauth serve --zip authorizer.zip`
    """
    if output.name == FUNCTIONS:
        raise WrongUsageError(f"--output: {FUNCTIONS} is for the functions behind the routes; name another file")
    if not output.absolute().parent.is_dir():
        raise WrongUsageError(f"--output: there is no directory {output.parent}; make it, or name another file")
    target = target_of(arch, python)
    built = _build(project, output, target, wheels=wheels, allow_loopback=allow_loopback)
    for warning in dict.fromkeys(warning for one in built for warning in one.warnings):
        typer.echo(f"{typer.style('warning:', fg='yellow')} {warning}", err=True)
    if as_json:
        authorizer, *functions = map(_document, built)
        typer.echo(json.dumps({**authorizer, "functions": functions[0] if functions else None}))
    else:
        typer.echo("\n".join(map(_summary, built)))


def _build(
    project: Path, output: Path, target: "Target", *, wheels: Path | None, allow_loopback: bool
) -> "list[Package]":
    """Write the package of the authorizer, and that of the functions if there are any. Raises WrongUsageError."""
    from apigw_oauth.deploy.packaging.functions_zip import build_functions
    from apigw_oauth.deploy.packaging.package import PackageError, build
    from apigw_oauth.project import load_project

    beside = output.with_name(FUNCTIONS)
    with settings_errors():
        loaded = load_project(project)
        try:
            authorizer = build(
                loaded,
                output=output,
                target=target,
                wheels=wheels,
                allow_loopback=allow_loopback,
                progress=_progress,
            )
            functions = build_functions(loaded, output=beside, target=target, wheels=wheels, progress=_progress)
        except PackageError as error:
            raise WrongUsageError(str(error)) from None
    return [authorizer] if functions is None else [authorizer, functions]


def _progress(line: str) -> None:
    typer.echo(f"{line} …", err=True)


def _document(one: "Package") -> dict[str, Any]:
    return {
        "path": str(one.path),
        "sha256": one.sha256,
        "code_sha256": one.code_sha256,
        "size": one.size,
        "unzipped_size": one.unzipped_size,
        "files": one.files,
        "python": one.target.python,
        "arch": one.target.architecture,
        "warnings": list(one.warnings),
    }


def _summary(one: "Package") -> str:
    return (
        f"{one.path}  {_kilobytes(one.size)}, for {one.target}\n"
        f"  unzipped     {_kilobytes(one.unzipped_size)} in {one.files} files\n"
        f"  SHA-256      {one.sha256}\n"
        f"  CodeSha256   {one.code_sha256}  (as Lambda shows it)"
    )


def _kilobytes(size: int) -> str:
    return f"{size / 1000:,.0f} KB"
