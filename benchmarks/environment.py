"""A Lambda environment without a network: the real handler, and a verifier that answers at once."""

from typing import Any

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.iam_policy import CacheMode, PolicyWriter
from apigw_oauth.authorizer.lambda_handler import Handler, make_handler
from apigw_oauth.authorizer.request import Request
from benchmarks import events
from benchmarks.tables import GRANTED, SHAPES, Entry

NOW = 1_700_000_000.0

TOKEN = AccessToken(subject="ann", client_id="demo", scopes=GRANTED, expires_at=NOW + 3600)


class AtOnce:
    """Knows one token."""

    def recognizes(self, token: str) -> bool:
        """Say yes."""
        return bool(token)

    def verify(self, token: str, request: Request) -> AccessToken:
        """Return what the token says, whatever it is."""
        del token, request
        return TOKEN


def handler_for(routes: list[Entry], cache: CacheMode) -> Handler:
    """Make the handler of a TOKEN authorizer (mode `token`) or of a REQUEST authorizer (mode `route`)."""
    settings = {
        "format": 1,
        "event": "token" if cache == "token" else "request",
        "cache": cache,
        "refusals": "static-401",
        "context": ["sub", "client_id", "scope", "exp"],
        "routes": routes,
        "verifiers": [
            {"type": "authlete", "base_url": "http://127.0.0.1:9", "api_key": "k", "api_secret": "s"},
        ],
    }
    handler = make_handler(settings, environ={}, clock=lambda: NOW, write=lambda _: None)
    # Settings name only verifiers that ask somebody.
    _environment(handler)._authorizer._verifier = AtOnce()  # noqa: SLF001
    return handler


def writer_of(handler: Handler) -> PolicyWriter:
    """Return what writes the handler's answers."""
    writer: PolicyWriter = _environment(handler)._writer  # noqa: SLF001
    return writer


def _environment(handler: Handler) -> Any:
    return handler.__self__  # type: ignore[attr-defined]


def event_for(shape: str, cache: CacheMode, *, stage: str = "dev") -> dict[str, Any]:
    """Return the event of a request for resource number 0."""
    path, template = SHAPES[shape].path, SHAPES[shape].template
    if cache == "token":
        return events.rest_token("t", path, stage=stage)
    return events.rest_request("t", path, template=template, stage=stage)
