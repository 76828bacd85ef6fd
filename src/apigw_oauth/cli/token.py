"""apigw-oauth token: get an access token from the development authorization server."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from apigw_oauth.cli.options import PROJECT_FILE, JsonOption, ProjectOption, WrongUsageError

ClientOption = Annotated[str | None, typer.Option(metavar="ID", help="The client; the first one by default.")]
ScopeOption = Annotated[str, typer.Option(metavar='"A B"', help="Scopes, separated by spaces; none by default.")]
SubjectOption = Annotated[
    str | None, typer.Option(metavar="S", help="The user; without one, the token is the client's own.")
]
ExpiresInOption = Annotated[int, typer.Option(metavar="SECONDS", min=0, help="Lifetime; 0: the server's own.")]
JwtOption = Annotated[bool, typer.Option("--jwt", metavar="", help="Print the token in the form of a JWT.")]
AuthserverOption = Annotated[
    str | None,
    typer.Option(
        metavar="URL", help="Another server; its credentials are AUTHLETE_API_KEY and AUTHLETE_API_SECRET."
    ),
]


def token(
    *,
    client: ClientOption = None,
    scope: ScopeOption = "",
    subject: SubjectOption = None,
    expires_in: ExpiresInOption = 0,
    jwt: JwtOption = False,
    authserver: AuthserverOption = None,
    project: ProjectOption = PROJECT_FILE,
    as_json: JsonOption = False,
) -> None:
    """Print an access token of the development authorization server, which `apigw-oauth serve` runs.

    `curl -H "Authorization: Bearer $(apigw-oauth token --scope profile)" …`
    """
    server = _server(project, authserver)
    wanted: dict[str, Any] = {
        "grantType": "CLIENT_CREDENTIALS" if subject is None else "AUTHORIZATION_CODE",
        "clientIdentifier": client or _first_client(server),
        "subject": subject,
        "scopes": scope.split(),
        "accessTokenDuration": expires_in,
    }
    created = _create(server, wanted)
    printed = created.get("jwtAccessToken" if jwt else "accessToken")
    if not printed:
        raise WrongUsageError("the authorization server gave no token of that form")
    if not as_json:
        typer.echo(printed)
        return
    document = {
        "access_token": printed,
        "token_type": created.get("tokenType"),
        "expires_in": created.get("expiresIn"),
        "scope": " ".join(created.get("scopes") or ()),
        "client_id": wanted["clientIdentifier"],
        "subject": subject,
    }
    typer.echo(json.dumps(document))


def _server(project: Path, url: str | None) -> Mapping[str, Any]:
    from apigw_oauth.cli.local_stack import serve_file

    running = serve_file.read(project if project.is_dir() else project.absolute().parent)
    if url is None:
        if running is None or not running.get("authserver"):
            raise WrongUsageError(
                "no development authorization server runs for this project; start one with `apigw-oauth serve`,"
                " or name another project with --project"
            )
        return running
    url = url.rstrip("/")
    if running is not None and running.get("authserver") == url:
        return running
    if not _is_safe(url):
        raise WrongUsageError("--authserver: must be https://HOST, or http:// with a loopback address")
    credentials = os.environ.get("AUTHLETE_API_KEY"), os.environ.get("AUTHLETE_API_SECRET")
    if not all(credentials):
        raise WrongUsageError(
            f"{url} is not the server of this project: set AUTHLETE_API_KEY and AUTHLETE_API_SECRET"
        )
    return {"authserver": url, "service_api_key": credentials[0], "service_api_secret": credentials[1]}


def _is_safe(url: str) -> bool:
    """Say whether credentials may be sent there: encrypted, or not out of this machine."""
    from apigw_oauth.authorizer.verifiers.server_address import is_loopback

    try:
        parts = urlsplit(url)
        return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    except ValueError:
        return False


def _first_client(server: Mapping[str, Any]) -> str:
    clients = server.get("clients")
    if not clients:
        raise WrongUsageError("name a client with --client")
    first: str = clients[0]["client_id"]
    return first


def _create(server: Mapping[str, Any], wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    import httpx2

    credentials = (server["service_api_key"], server["service_api_secret"])
    url = f"{server['authserver']}/api/auth/token/create"
    try:
        answer = httpx2.post(url, json=wanted, auth=credentials, timeout=10, trust_env=False)
        created = answer.json()
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise WrongUsageError(
            f"{server['authserver']} does not answer ({type(error).__name__}); is it running?"
        ) from None
    except ValueError:
        raise WrongUsageError(f"{server['authserver']} does not answer as an authorization server") from None
    if not isinstance(created, dict) or created.get("action") != "OK":
        message = created.get("resultMessage") if isinstance(created, dict) else None
        raise WrongUsageError(f"no token: {message or f'HTTP {answer.status_code}'}")
    return created
