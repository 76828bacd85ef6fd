"""Options that commands share, and the errors that they end in."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

ProjectOption = Annotated[
    Path,
    typer.Option("--project", help="The project file, or the directory it is in.", metavar="FILE_OR_DIR"),
]
JsonOption = Annotated[
    bool,
    typer.Option(
        "--json", metavar="", help="Print JSON on standard output; everything for people goes to standard error."
    ),
]

PROJECT_FILE = Path("apigw-oauth.toml")


class WrongUsageError(Exception):
    """Something that the person at the keyboard can mend: a message, and exit status 2."""


@contextmanager
def settings_errors() -> Iterator[None]:
    """Turn SettingsError into an error message and exit status 2."""
    from apigw_oauth.authorizer.errors import SettingsError

    try:
        yield
    except SettingsError as error:
        raise WrongUsageError(str(error)) from None
