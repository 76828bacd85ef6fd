"""apigw-oauth demo: the walkthrough of Authlete's article, then running servers."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apigw_oauth.cli.options import JsonOption, WrongUsageError, settings_errors

if TYPE_CHECKING:
    from apigw_oauth.cli.running_serve import RunningServe
    from apigw_oauth.cli.walkthrough import Step


def demo(
    *,
    once: Annotated[bool, typer.Option("--once", metavar="", help="End after the walkthrough.")] = False,
    project: Annotated[
        Path | None,
        typer.Option("--project", metavar="FILE_OR_DIR", help="Walk through this project, not through a new one."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Walk through OAuth on API Gateway in six steps, with real HTTP on this machine, then keep on serving.

    Each step is shown as the curl line that you would type, and the answer it got.
    """
    from apigw_oauth.cli.displays import display_of
    from apigw_oauth.cli.running_serve import running_serve
    from apigw_oauth.cli.walkthrough import StepFailedError

    with ExitStack() as cleanup:
        directory = project or Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="apigw-oauth-demo-")))
        if project is None:
            from apigw_oauth.cli.new import write_project

            write_project(directory)
        server = cleanup.enter_context(running_serve(directory, *_free_addresses(directory)))
        try:
            for step in _walk(server, directory, expected={"Hello": "World"} if project is None else None):
                _show(step, as_json=as_json)
        except StepFailedError as error:
            server.show_messages()
            typer.echo(f"{typer.style('failed:', fg='red')} {error}", err=True)
            raise typer.Exit(1) from None
        if not once:
            typer.echo(f"\nThe servers go on until Ctrl-C. The project: {directory}\n", err=as_json)
            server.show_requests(display_of(as_json=as_json))
            raise typer.Exit(1)  # nobody asked them to end


def _free_addresses(directory: Path) -> list[str]:
    """Return the options for other ports where those of the project are taken: a demo should not fail for that."""
    from apigw_oauth.authorizer.errors import SettingsError
    from apigw_oauth.cli.local_stack.server_process import listen
    from apigw_oauth.project import load_project
    from apigw_oauth.project.project_file import Address

    with settings_errors():
        local = load_project(directory).file.local
    options = []
    for option, address in (("--gateway", local.gateway), ("--authserver", local.authserver)):
        try:
            listen(*Address.parse(address), option=option).close()
        except SettingsError:
            options += [option, "127.0.0.1:0"]
    return options


def _walk(server: "RunningServe", directory: Path, *, expected: object) -> Iterator["Step"]:
    import httpx2

    from apigw_oauth.cli import example_route
    from apigw_oauth.cli.plain_http import trusted
    from apigw_oauth.cli.walkthrough import Walkthrough
    from apigw_oauth.project import load_project

    with settings_errors():
        loaded = load_project(directory)
    if loaded.file.api.type != "rest":
        raise WrongUsageError("the walkthrough is about a REST API: only those can challenge a client")
    route = example_route.choose(loaded)
    if route is None:
        raise WrongUsageError("the walkthrough needs a GET route without parameters that requires a scope")
    servers = server.ready()
    with httpx2.Client(trust_env=False, timeout=30, verify=trusted(servers["gateway"])) as http:
        walkthrough = Walkthrough(
            servers,
            route,
            http,
            server.record_of,
            expected=expected,
            cached=loaded.authorizer_definition().ttl > 0,
            ask_for_mock=any(len(client.redirect_uris) > 1 for client in loaded.file.local.clients[:1]),
        )
        yield from walkthrough.steps()


def _show(step: "Step", *, as_json: bool) -> None:
    from apigw_oauth.cli.walkthrough import told_headers

    if as_json:
        typer.echo(json.dumps({"event": "step", **step._asdict()}))
        return
    typer.secho(f"\n{step.number}. {step.title}", bold=True)
    for command in step.commands:
        typer.secho(f"$ {command}", fg="cyan")
    typer.echo(f"HTTP/1.1 {step.status} {HTTPStatus(step.status).phrase}")
    for name, value in told_headers(step).items():
        typer.echo(f"{name}: {value}")
    if step.body:
        typer.echo(f"\n{step.body}")
    if step.remark:
        typer.secho(step.remark, dim=True)
