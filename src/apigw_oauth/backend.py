"""For the functions behind the gateway: what the authorizer said about the caller.

This file stands alone, so that a function can carry it without the rest.
"""

import json
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any, NamedTuple

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

# Beside the claims. The challenge is in every answer of the authorizer: it is the proof that it ran.
_CHALLENGE = "wwwAuthenticate"
_IS_CLIENT = "is_client"
_NO_CLAIMS = frozenset({"principalId", "integrationLatency", _CHALLENGE, _IS_CLIENT})

_NOBODY = "unidentified"
_HTTP_API = ("1.0", "2.0")
"""Payload formats. Events of REST and WebSocket APIs have no version."""

_REQUEST_CONTEXT = b"x-amzn-request-context"
_FORBIDDEN = b'{"message":"Forbidden"}'


class NotAuthorizedError(Exception):
    """The event does not come from an authorizer: the request must not be served."""


class Caller(NamedTuple):
    """Who calls, in the authorizer's words."""

    principal_id: str
    """The subject of the token, or the client where `is_client`."""
    is_client: bool
    """Whether the caller is a client on its own behalf, and no user."""
    subject: str | None
    client_id: str | None
    scopes: frozenset[str]
    claims: Mapping[str, str]
    """Everything that the authorizer told, by name; numbers and booleans as text, as REST APIs have them."""


def caller(event: Mapping[str, Any]) -> Caller:
    """Return the caller of the event that a function behind a route gets, from any type of API.

    REST API: Lambda proxy. HTTP API: payload formats 1.0 and 2.0. WebSocket API: `$connect`, every message,
    `$disconnect`.

    Raises NotAuthorizedError if the authorizer said nothing, or of nobody: the route has none, was reached around
    it, or is public. See "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway" and "Set up a Lambda
    proxy integration" in the API Gateway Developer Guide.
    """
    told = _told(event)
    if not isinstance(told, Mapping) or _CHALLENGE not in told:
        raise NotAuthorizedError("the event carries nothing from the authorizer: is it attached to this route?")
    claims = {name: _text(value) for name, value in told.items() if name not in _NO_CLAIMS and _is_plain(value)}
    is_client = told.get(_IS_CLIENT) == "true"
    principal_id = told.get("principalId")
    if principal_id is None and event.get("version") in _HTTP_API:
        # A simple response names no principal. A client stands in for a user only where it calls for itself.
        principal_id = claims.get("sub") or (claims.get("client_id") if is_client else None)
    return Caller(
        principal_id=_somebody(principal_id, known=is_client or "sub" in claims),
        is_client=is_client,
        subject=claims.get("sub"),
        client_id=claims.get("client_id"),
        scopes=frozenset(claims.get("scope", "").split()),
        claims=claims,
    )


def _somebody(principal_id: object, *, known: bool) -> str:
    """Return the principal. Raises NotAuthorizedError where there is none."""
    if not isinstance(principal_id, str) or not principal_id:
        raise NotAuthorizedError(
            'the event does not say who calls: [authorizer] context must have "sub" and "client_id"'
        )
    if principal_id == _NOBODY and not known:
        raise NotAuthorizedError("the authorizer let the request through without an access token: a public route")
    return principal_id


def _told(event: object) -> object:
    """Return the authorizer context: an HTTP API in payload format 2.0 has it one level down, null if empty."""
    if not isinstance(event, Mapping):  # whoever invokes the function in another way sends what they like
        return None
    request_context = event.get("requestContext")
    told = request_context.get("authorizer") if isinstance(request_context, Mapping) else None
    if event.get("version") == "2.0":
        return told.get("lambda") if isinstance(told, Mapping) else None
    return told


def _is_plain(value: object) -> bool:
    return isinstance(value, str | bool | int | float)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


class CallerMiddleware:
    """ASGI middleware: the application gets requests with their caller, and no others.

    The caller is `scope["apigw_oauth.caller"]`, and `caller` in the state of the request (`request.state.caller`
    of Starlette and FastAPI); it is None on public paths that come without one. What else comes without a caller
    is refused with 403, such as a request that an HTTP API lets around its authorizer by a slash at the end.
    """

    def __init__(
        self,
        app: AsgiApp,
        *,
        public: Iterable[str] = (),
        web_adapter: bool = False,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        """`public` are paths as the application sees them, mounted or not; `/docs/*` is all below `/docs/`.

        Mangum hands on the event. `web_adapter`: the AWS Lambda Web Adapter stands in front of the application
        instead. It puts the event's context into the header x-amzn-request-context, in the place of any that a
        client sent. Nobody else does so: where `environ` shows no Lambda function, the header is not believed.
        """
        self._app = app
        self._public = frozenset(public)
        self._web_adapter = web_adapter and "AWS_LAMBDA_FUNCTION_NAME" in environ

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or WebSocket, or the application's own life. Raises NotAuthorizedError for others."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] not in {"http", "websocket"}:
            raise NotAuthorizedError(
                "this is neither a request nor a WebSocket: how it would be refused is not known"
            )
        who: Caller | None = None
        try:
            who = caller(self._event(scope))
        except NotAuthorizedError:
            if not self._is_public(_path_in_application(scope)):
                await _refuse(scope, receive, send)
                return
        state = {**(scope.get("state") or {}), "caller": who}
        await self._app({**scope, "state": state, "apigw_oauth.caller": who}, receive, send)

    def _event(self, scope: Scope) -> Mapping[str, Any]:
        event = scope.get("aws.event")
        if event is None and self._web_adapter:
            event = _forwarded([value for name, value in scope["headers"] if name.lower() == _REQUEST_CONTEXT])
        return event if isinstance(event, Mapping) else {}

    def _is_public(self, path: str) -> bool:
        if path in self._public:
            return True
        segments = path.split("/")
        if any(segment in {".", ".."} for segment in segments):
            return False  # an application may resolve them, and serve what lies elsewhere
        return any("/".join([*segments[:depth], "*"]) in self._public for depth in range(1, len(segments)))


def _path_in_application(scope: Scope) -> str:
    """Return the path that the application looks for: Starlette and Django leave out where they are mounted."""
    path, root = str(scope["path"]), str(scope.get("root_path") or "")
    return path.removeprefix(root) if path == root or path.startswith(f"{root}/") else path


def _forwarded(values: list[bytes]) -> Mapping[str, Any] | None:
    """Return an event with the one context that the Web Adapter forwards; `http` is in those of HTTP APIs, 2.0."""
    try:
        (context,) = map(json.loads, values)
    except (ValueError, RecursionError):
        return None
    if not isinstance(context, Mapping):
        return None
    return {"version": "2.0" if "http" in context else "1.0", "requestContext": context}


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
        return
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(_FORBIDDEN)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": _FORBIDDEN})
