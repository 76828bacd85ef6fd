"""apigw-oauth token: get an access token from the development authorization server."""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from apigw_oauth.cli import token_binding
from apigw_oauth.cli.options import PROJECT_FILE, JsonOption, ProjectOption, WrongUsageError

ClientOption = Annotated[str | None, typer.Option(metavar="ID", help="The client; the first one by default.")]
ScopeOption = Annotated[str, typer.Option(metavar='"A B"', help="Scopes, separated by spaces; none by default.")]
SubjectOption = Annotated[
    str | None, typer.Option(metavar="S", help="The user; without one, the token is the client's own.")
]
ExpiresInOption = Annotated[int, typer.Option(metavar="SECONDS", min=0, help="Lifetime; 0: the server's own.")]
JwtOption = Annotated[
    bool | None,
    typer.Option(
        "--jwt/--opaque",
        help="The form of the token; by default a JWT if all verifiers of the project are of type jwt.",
    ),
]
AcrOption = Annotated[
    str | None, typer.Option("--acr", metavar="ACR", help="How the user authenticated (claim acr).")
]
AuthTimeOption = Annotated[
    int | None,
    typer.Option("--auth-time", metavar="SECONDS_AGO", min=0, help="When the user authenticated: so long ago."),
]
ResourceOption = Annotated[
    list[str] | None,
    typer.Option("--resource", metavar="URI", help="What the token is for (claim aud); may be repeated."),
]
DpopOption = Annotated[
    str | None,
    typer.Option("--dpop-jkt", metavar="THUMBPRINT", help="Binds the token to a DPoP key (RFC 7638, SHA-256)."),
]
CertificateOption = Annotated[
    Path | None,
    typer.Option("--certificate", metavar="FILE", help="Binds the token to a client certificate (PEM or DER)."),
]
DetailsOption = Annotated[
    str | None,
    typer.Option("--authorization-details", metavar="JSON", help="Authorization details, as RFC 9396 has them."),
]
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
    jwt: JwtOption = None,
    acr: AcrOption = None,
    auth_time: AuthTimeOption = None,
    resource: ResourceOption = None,
    dpop_jkt: DpopOption = None,
    certificate: CertificateOption = None,
    authorization_details: DetailsOption = None,
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
        "acr": acr,
        "authTime": None if auth_time is None else int(time.time()) - auth_time,
        "resources": resource or [],
        "dpopKeyThumbprint": dpop_jkt,
        "certificateThumbprint": None if certificate is None else token_binding.thumbprint(certificate),
        "authorizationDetails": _details(authorization_details),
    }
    created = _create(server, wanted)
    in_jwt_form = _verifies_jwts_alone(project) if jwt is None else jwt
    printed = created.get("jwtAccessToken" if in_jwt_form else "accessToken")
    if not printed:
        raise WrongUsageError("the authorization server gave no token of that form")
    typer.echo(json.dumps(_document(created, printed)) if as_json else printed)


def _document(created: Mapping[str, Any], printed: str) -> dict[str, Any]:
    """Say what was given, in the words of a token response."""
    return {
        "access_token": printed,
        "token_type": created.get("tokenType"),
        "expires_in": created.get("expiresIn"),
        "scope": " ".join(created.get("scopes") or ()),
        "client_id": created.get("clientIdentifier"),
        "subject": created.get("subject"),
    }


def _verifies_jwts_alone(project: Path) -> bool:
    """Look into the project file; a mistake in it is for `check` and `serve` to tell."""
    from apigw_oauth.authorizer.errors import SettingsError
    from apigw_oauth.cli.local_stack.authserver_settings import verifies_jwts_alone
    from apigw_oauth.project import project_file

    try:
        file = project_file.read(project / project_file.DEFAULT_NAME if project.is_dir() else project)
    except SettingsError:
        return False
    return verifies_jwts_alone(file.verifiers)


def _details(text: str | None) -> dict[str, Any] | None:
    """Turn authorization details into the shape that Authlete's API has for them."""
    from apigw_oauth.authserver import authorization_details

    if text is None:
        return None
    try:
        return {"elements": list(authorization_details.parse(text))}
    except authorization_details.MalformedDetailsError:
        raise WrongUsageError(
            '--authorization-details: must be a JSON array of objects with a type, such as \'[{"type":"pets"}]\''
        ) from None


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

    from apigw_oauth.cli.plain_http import trusted

    credentials = (server["service_api_key"], server["service_api_secret"])
    url = f"{server['authserver']}/api/auth/token/create"
    try:
        answer = httpx2.post(url, json=wanted, auth=credentials, timeout=10, trust_env=False, verify=trusted(url))
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
