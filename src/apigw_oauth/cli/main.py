"""The command `apigw-oauth`: its list of commands, and how it ends."""

import os
import sys

import click
import typer

from apigw_oauth import __version__
from apigw_oauth.cli import demo, new, serve, token

OK, NO, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130

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


def main() -> None:
    """Run the command and exit: 0 for success, 1 for "the answer is no", 2 for wrong usage or settings."""
    try:
        status = app(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        status = WRONG_USAGE
    except (KeyboardInterrupt, click.Abort):
        status = INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; Python must not complain when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = NO
    sys.exit(status)
