"""apigw-oauth serve: API Gateway, the authorizer and an authorization server on this machine."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apigw_oauth.cli.options import PROJECT_FILE, JsonOption, ProjectOption, WrongUsageError, settings_errors

if TYPE_CHECKING:
    from apigw_oauth.project.project_file import Address

_BEYOND_LOOPBACK = "--dangerously-expose"

GatewayOption = Annotated[
    str | None, typer.Option(metavar="HOST:PORT", help="Where the gateway listens; port 0: any free one.")
]
AuthserverOption = Annotated[
    str | None, typer.Option(metavar="HOST:PORT", help="Where the authorization server listens.")
]
NoAuthserverOption = Annotated[
    bool,
    typer.Option(
        "--no-authserver", metavar="", help="Verify tokens where the project file says, with its credentials."
    ),
]
BeyondLoopbackOption = Annotated[
    bool,
    typer.Option(
        _BEYOND_LOOPBACK,
        metavar="",
        help="Let other machines reach these servers, which are made for development.",
    ),
]
TlsOption = Annotated[
    bool,
    typer.Option(
        "--tls",
        metavar="",
        help="The gateway speaks TLS, with a certificate made for this run; with local.trust_store, mutual TLS.",
    ),
]
ZipOption = Annotated[
    Path | None,
    typer.Option(
        "--zip",
        metavar="FILE",
        help="Run the authorizer from this package, under Lambda's own Python runtime client (awslambdaric).",
    ),
]
EndWithStdinOption = Annotated[
    bool, typer.Option("--end-with-stdin", hidden=True, help="End when standard input does.")
]


def serve(
    *,
    gateway: GatewayOption = None,
    authserver: AuthserverOption = None,
    no_authserver: NoAuthserverOption = False,
    beyond_loopback: BeyondLoopbackOption = False,
    tls: TlsOption = False,
    zip_file: ZipOption = None,
    end_with_stdin: EndWithStdinOption = False,
    project: ProjectOption = PROJECT_FILE,
    as_json: JsonOption = False,
) -> None:
    """Run a REST, HTTP or WebSocket API on this machine, with its authorizer and an authorization server.

    The authorization server is one for development, and speaks Authlete's API.

    A change of the project's files restarts gateway and authorizer; the authorization server goes on, so that
    tokens stay good. With `--zip` the authorizer is that of a package, built for this machine's processor and
    Python; a new file in its place is taken over at once. With `--json` the first line has addresses and
    credentials, then there is one a request.
    """
    from apigw_oauth.cli.displays import display_of
    from apigw_oauth.cli.local_stack.stack import Addresses, LocalStack, StackError
    from apigw_oauth.project import load_project

    if no_authserver and authserver:
        raise WrongUsageError("--authserver and --no-authserver exclude each other")
    with settings_errors():
        loaded = load_project(project)
        local = loaded.file.local
        addresses = Addresses(
            _address(gateway or local.gateway, beyond_loopback=beyond_loopback),
            None if no_authserver else _address(authserver or local.authserver, beyond_loopback=beyond_loopback),
        )
        display = display_of(loaded, as_json=as_json)
        try:
            LocalStack(loaded, addresses, display, tls=tls, zip_file=zip_file, end_with_stdin=end_with_stdin).run()
        except StackError as error:
            raise WrongUsageError(str(error)) from None


def _address(text: str, *, beyond_loopback: bool) -> "Address":
    from apigw_oauth.project.project_file import Address

    try:
        address = Address.parse(text)
    except ValueError as error:
        raise WrongUsageError(str(error)) from None
    if not address.is_loopback and not beyond_loopback:
        raise WrongUsageError(
            f"{address.host} can be reached by other machines; use 127.0.0.1, or {_BEYOND_LOOPBACK}"
        )
    return address
