"""The command `apigw-oauth`: its list of commands, and how it ends."""

import signal
import sys
from typing import NoReturn

import typer

from apigw_oauth import __version__
from apigw_oauth.cli import demo, new, serve, token
from apigw_oauth.cli.options import WrongUsageError

WRONG_USAGE, INTERRUPTED = 2, 130

app = typer.Typer(
    name="apigw-oauth",
    help="OAuth access tokens for APIs on Amazon API Gateway: try, run and test them on your own machine.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("new")(new.new)
app.command("demo")(demo.demo)
app.command("serve")(serve.serve)
app.command("token")(token.token)


def _version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"apigw-oauth {__version__}")
        raise typer.Exit


@app.callback()
def apigw_oauth(
    *,
    version: bool = typer.Option(
        False, "--version", callback=lambda wanted: _version(wanted=wanted), is_eager=True
    ),
) -> None:
    """OAuth access tokens for APIs on Amazon API Gateway: try, run and test them on your own machine."""


class _Interrupted(BaseException):
    """Somebody pressed Ctrl-C, or asked this process to end; nothing on the way may take it for something else."""


def main() -> None:
    """Run the command and exit: 0 for success, 1 for "the answer is no", 2 for wrong usage or settings."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        app()
    except WrongUsageError as error:
        typer.echo(f"{typer.style('error:', fg='red')} {error}", err=True)
        sys.exit(WRONG_USAGE)
    except _Interrupted:
        sys.exit(INTERRUPTED)


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise _Interrupted
