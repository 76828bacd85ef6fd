"""The list of commands."""

import os

import typer

from apigw_oauth import __version__
from apigw_oauth.cli import check, demo, deploy, new, package, serve, template, token, try_request


def colours() -> bool | None:
    """Say whether colours are shown: None, on a terminal. See https://no-color.org."""
    return False if os.environ.get("NO_COLOR") else None


app = typer.Typer(
    name="apigw-oauth",
    help="OAuth access tokens for APIs on Amazon API Gateway: run and try them on your own machine, then deploy.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "color": colours()},
)
app.command("new")(new.new)
app.command("demo")(demo.demo)
app.command("serve")(serve.serve)
app.command("token")(token.token)
app.command("try")(try_request.try_request)
app.command("check")(check.check)
app.command("package")(package.package)
app.command("template")(template.template)
app.command("deploy")(deploy.deploy)


def _version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"apigw-oauth {__version__}")
        raise typer.Exit


@app.callback()
def apigw_oauth(
    *,
    version: bool = typer.Option(
        False, "--version", metavar="", callback=lambda wanted: _version(wanted=wanted), is_eager=True
    ),
) -> None:
    """OAuth access tokens for APIs on Amazon API Gateway: run and try them on your own machine, then deploy."""
