"""What is known of the token: told by the answer's context."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apigw_oauth.authorizer.lambda_handler import make_handler
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.cli.trying.authorization_server import AuthorizationServer, gateway_url
from apigw_oauth.project import Project

CLAIMS = ("sub", "client_id", "scope", "exp")
_LONGEST_END = 11  # digits; what has more is no date, but meant as "never"
_KNOWN_THEN = frozenset(
    {
        Reason.AUTHORIZED,
        Reason.INSUFFICIENT_SCOPE,
        Reason.CLOSED_ROUTE,
        Reason.UNPRINTABLE_PATH,
        Reason.UNKNOWN_ROUTE,
    }
)


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What the authorization server says of the token. `expires_at` is in seconds since the epoch."""

    client_id: str | None
    sub: str | None
    scopes: tuple[str, ...]
    expires_at: int | None


def find(
    project: Project,
    server: AuthorizationServer,
    event: Mapping[str, Any],
    answer: object,
    reason: Reason | None,
) -> TokenFacts | None:
    """Return what is known of the token, None if nothing is.

    Where the project does not tell the backend enough, the authorizer is asked once more, with settings that
    differ in the claims that it tells. Raises SettingsError.
    """
    if reason not in _KNOWN_THEN:
        return None
    if set(CLAIMS) <= set(project.file.authorizer.context):
        return _read(answer)
    url = server.gateway_url or gateway_url(project)
    settings = {**project.authorizer_settings(local=server.local, gateway_url=url), "context": list(CLAIMS)}
    handler = make_handler(
        settings, environ=os.environ, directory=str(project.directory), write=lambda _line: None
    )
    try:
        return _read(handler(dict(event), None))
    except Exception:  # noqa: BLE001 the real answer is there; what more could be said is not
        return None


def _read(answer: object) -> TokenFacts | None:
    context = answer.get("context") if isinstance(answer, Mapping) else None
    if not isinstance(context, Mapping) or not set(context) & set(CLAIMS):
        return None
    end = str(context.get("exp", ""))
    return TokenFacts(
        client_id=context.get("client_id"),
        sub=context.get("sub"),
        scopes=tuple(str(context.get("scope", "")).split()),
        expires_at=int(end) if end.isdecimal() and len(end) <= _LONGEST_END else None,
    )
