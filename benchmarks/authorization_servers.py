"""The authorization servers that are compared, with the same clients and as many tokens each."""

import base64
import json
import secrets
import shutil
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from benchmarks import node_environment
from benchmarks.keep_alive_load import Connections
from benchmarks.part import OURS
from benchmarks.server_process import Command, ServerProcess

HOST = "127.0.0.1"
AUTHLETE, PEER = f"{OURS}, Authlete's API", "oidc-provider"
TOKENS = 1000
_HERE = Path(__file__).parent
_OIDC_PROVIDER = _HERE.parent / "tests" / "interop" / "oidc_provider"
"""Its versions are those that the tests run with."""
_SCOPE = "pets:read"
_SECRETS = {"machine": secrets.token_urlsafe(24), "api": secrets.token_urlsafe(24)}


class Case(NamedTuple):
    """One way to ask a server: a request for each of its tokens."""

    name: str
    server: ServerProcess
    address: tuple[str, int]
    requests: list[bytes]
    accept: Callable[[bytes], bool]


@contextmanager
def ours(processors: frozenset[int]) -> Iterator[list[Case]]:
    """Start the server as `apigw-oauth serve` does."""
    with socket.create_server((HOST, 0)) as listening:
        address = (HOST, int(listening.getsockname()[1]))
        clients = [{"client_id": name, "client_secret": secret} for name, secret in _SECRETS.items()]
        settings = {"base_url": f"http://{HOST}:{address[1]}", "clients": clients, "scopes": [_SCOPE]}
        words = [sys.executable, "-P", "-m", "apigw_oauth.cli.local_stack.authserver_process"]
        command = Command(words, inherited=(listening.fileno(),))
        document = {"socket": listening.fileno(), "settings": settings}
        with ServerProcess(command, document, processors) as server:
            tokens = _tokens(address, "/token")
            said = server.said["credentials"]
            service = (said["service_api_key"], said["service_api_secret"])
            api = [_authlete(address, service, token) for token in tokens]
            yield [
                Case(OURS, server, address, _standard(address, "/introspect", tokens), is_active),
                Case(AUTHLETE, server, address, api, is_ok),
            ]


@contextmanager
def oidc_provider(
    processors: frozenset[int], find: Callable[[str, Path], Path] = node_environment.packages
) -> Iterator[list[Case]]:
    """Start the server of a directory with its packages, which is found by name. Raises NotInstallableError."""
    node, directory = node_environment.node(), find(PEER, _OIDC_PROVIDER)
    script = directory / "server.mjs"
    shutil.copyfile(_HERE / "peers" / "oidc_provider" / "server.mjs", script)
    own = {"grant_types": ["client_credentials"], "redirect_uris": [], "response_types": []}
    clients = [{"client_id": name, "client_secret": secret, **own} for name, secret in _SECRETS.items()]
    settings = {"clients": clients, "scopes": [_SCOPE], "introspecting": "api"}
    command = Command([node, script], {"NODE_ENV": "production"})
    with ServerProcess(command, settings, processors) as server:
        address = (HOST, int(urlsplit(server.said["issuer"]).port or 0))
        requests = _standard(address, "/token/introspection", _tokens(address, "/token"))
        yield [Case(PEER, server, address, requests, is_active)]


def is_active(answer: bytes) -> bool:
    """Say whether an answer of RFC 7662 tells all that is known of a token."""
    said = _document(answer)
    known = {"client_id": "machine", "scope": _SCOPE, "token_type": "Bearer"}
    return said.get("active") is True and known.items() <= said.items() and {"iss", "iat", "exp"} <= said.keys()


def is_ok(answer: bytes) -> bool:
    """Say the same of an answer in Authlete's form."""
    said = _document(answer)
    return said.get("action") == "OK" and said.get("scopes") == [_SCOPE] and said.get("usable") is True


def _document(answer: bytes) -> dict[str, object]:
    head, _, body = answer.partition(b"\r\n\r\n")
    said: dict[str, object] = json.loads(body) if head.startswith(b"HTTP/1.1 200 ") else {}
    return said


def _tokens(address: tuple[str, int], path: str) -> list[str]:
    """Get tokens of a client of its own, all of them different."""
    form = {"grant_type": "client_credentials", "scope": _SCOPE}
    request = _post(address, path, ("machine", _SECRETS["machine"]), urlencode(form))
    with Connections(address, 1) as connections:
        answers = connections.run([request] * TOKENS).answers
    return [str(_document(answer)["access_token"]) for answer in answers]


def _standard(address: tuple[str, int], path: str, tokens: Sequence[str]) -> list[bytes]:
    forms = (urlencode({"token": token, "token_type_hint": "access_token"}) for token in tokens)
    return [_post(address, path, ("api", _SECRETS["api"]), form) for form in forms]


def _authlete(address: tuple[str, int], service: tuple[str, str], token: str) -> bytes:
    body = json.dumps({"token": token, "scopes": [_SCOPE]})
    return _post(address, "/api/auth/introspection", service, body, "application/json")


def _post(
    address: tuple[str, int],
    path: str,
    credentials: tuple[str, str],
    body: str,
    kind: str = "application/x-www-form-urlencoded",
) -> bytes:
    basic = base64.b64encode(":".join(credentials).encode()).decode()
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: {address[0]}:{address[1]}",
        f"Authorization: Basic {basic}",
        f"Content-Type: {kind}",
        "Accept: application/json",
        f"Content-Length: {len(body)}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()
