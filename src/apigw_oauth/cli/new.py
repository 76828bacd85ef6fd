"""apigw-oauth new: write a project that runs as it is."""

import json
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from apigw_oauth.cli.options import JsonOption, WrongUsageError

# The name of each file in the package and in the project: packaging tools treat a .gitignore as their own.
_FILES = {
    "apigw-oauth.toml": "apigw-oauth.toml",
    "functions.py": "functions.py",
    "README.md": "README.md",
    "gitignore": ".gitignore",
}


def new(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A directory that is empty, or not there yet.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Write the project of a REST API that runs as it is: `apigw-oauth serve --project DIR`."""
    written = write_project(directory)
    if as_json:
        typer.echo(json.dumps({"directory": str(directory), "files": written}))
        return
    typer.echo(f"Wrote {', '.join(written)} to {directory}. Next:\n\n  cd {directory}\n  apigw-oauth serve")


def write_project(directory: Path) -> list[str]:
    """Write the files and return their names. Raises WrongUsageError; overwrites nothing."""
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise WrongUsageError(f"{directory} is not empty; name a new directory")
    source = resources.files("apigw_oauth.cli") / "new_project"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for ours, theirs in _FILES.items():
            (directory / theirs).write_bytes((source / ours).read_bytes())
    except OSError as error:
        raise WrongUsageError(f"{error.filename or directory}: {error.strerror}") from None
    return sorted(_FILES.values())
