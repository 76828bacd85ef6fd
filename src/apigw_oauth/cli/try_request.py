"""apigw-oauth try: one request without a server, and everything about how it is decided."""

import contextlib
import io
import json
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apigw_oauth.cli.options import PROJECT_FILE, JsonOption, ProjectOption, WrongUsageError, settings_errors

if TYPE_CHECKING:
    from apigw_oauth.cli.trying.preparation import CommandLine

MethodArgument = Annotated[str | None, typer.Argument(metavar="METHOD", help="GET, POST, …", show_default=False)]
PathArgument = Annotated[
    str | None, typer.Argument(metavar="PATH", help="Below the stage, with its query: /pets/7", show_default=False)
]
TokenOption = Annotated[
    str | None,
    typer.Option("--token", metavar="T", help="The access token; - reads it from standard input."),
]
HeaderOption = Annotated[
    list[str] | None, typer.Option("--header", metavar='"N: V"', help="A header of the request; may be repeated.")
]
EventOption = Annotated[
    Path | None,
    typer.Option("--event", metavar="FILE", help="Instead of a request: an authorizer event from AWS."),
]
AllOption = Annotated[
    bool, typer.Option("--all", metavar="", help="Ask the authorizer about every route, also about more than 50.")
]


def try_request(
    *,
    method: MethodArgument = None,
    path: PathArgument = None,
    token: TokenOption = None,
    header: HeaderOption = None,
    event: EventOption = None,
    all_routes: AllOption = False,
    project: ProjectOption = PROJECT_FILE,
    as_json: JsonOption = False,
) -> None:
    """Try one request without a server: what API Gateway asks, every check, the answer, and its effect elsewhere.

    Exit status 0: the request would pass. 1: it is refused, or cannot be judged. 2: wrong usage or settings.

    `apigw-oauth try GET /pets/7 --token "$TOKEN"`

    `apigw-oauth token --scope pets:read | apigw-oauth try GET /pets/7 --token -`

    `apigw-oauth try GET /pets/7 --header "Authorization: Bearer $TOKEN" --json`

    `apigw-oauth try --event event.json`
    """
    import asyncio

    from apigw_oauth.cli.trying.preparation import CommandLine

    line = CommandLine(method, path, token, tuple(header or ()), event, all_routes)
    with no_traceback():
        # What somebody else's authorizer prints must not be taken for the answer.
        with settings_errors(), contextlib.redirect_stdout(sys.stderr):
            document = asyncio.run(_carry_out(line, project))
        _show(document, as_json=as_json)
    if not document["answer"]["passes"]:
        raise typer.Exit(1)


@contextlib.contextmanager
def no_traceback() -> Iterator[None]:
    """Tell in a line what nobody expected. Its message may hold a credential: type and place must do."""
    try:
        yield
    except (WrongUsageError, OSError):
        raise
    except Exception as error:  # noqa: BLE001 there is always another one
        places = [f"{Path(one.filename).name}:{one.lineno}" for one in traceback.extract_tb(error.__traceback__)]
        typer.echo(
            f"{typer.style('error:', fg='red')} this cannot be tried: {type(error).__name__} at {places[-1]}."
            " Nobody expected this: please report it, with what was tried.",
            err=True,
        )
        raise typer.Exit(1) from None


async def _carry_out(line: "CommandLine", project: Path) -> dict[str, Any]:
    from apigw_oauth.cli.trying.preparation import prepare

    attempt = await prepare(line, project)
    return await attempt.carry_out()


def _show(document: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(document))
        return
    from apigw_oauth.cli.trying.display import TryDisplay

    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal may not be able to show every character
        sys.stdout.reconfigure(errors="backslashreplace")
    TryDisplay().show(document)
