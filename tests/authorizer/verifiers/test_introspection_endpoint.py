"""Where the introspection endpoint is: in the settings, or in the issuer's metadata."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from apigw_oauth.authorizer.errors import SettingsError, VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers import introspection
from apigw_oauth.authorizer.verifiers.discovery import MAX_AGE, Discovery
from apigw_oauth.authorizer.verifiers.http_client import HttpAnswer
from apigw_oauth.authorizer.verifiers.introspection_endpoint import DiscoveredEndpoint
from apigw_oauth.authorizer.verifiers.signed_introspection import MEDIA_TYPE
from tests.authorizer.conftest import FakeClock, make_request
from tests.authorizer.verifiers.jose_signing import public_jwk, sign
from tests.scripted_server import ScriptedServer, answer, raw

ISSUER = "https://as.example"
WELL_KNOWN = f"{ISSUER}/.well-known/oauth-authorization-server"


class FakeServers:
    """Stands in for the network: GETs have the metadata, POSTs have an answer."""

    def __init__(self, metadata: Mapping[str, Any], answer: HttpAnswer | Exception | None = None) -> None:
        self.metadata = {"issuer": ISSUER, **metadata}
        self.answer = answer or HttpAnswer(200, "application/json", b"{}")
        self.asked: list[str] = []
        self.public_only: dict[str, bool] = {}
        self.connected: list[str] = []

    def __call__(self, origin: str, *, public_only: bool) -> "FakeClient":
        self.public_only[origin] = public_only
        self.connected.append(origin)
        return FakeClient(origin, self)


class FakeClient:
    def __init__(self, origin: str, servers: FakeServers) -> None:
        self._origin = origin
        self._servers = servers

    def get(self, path: str, headers: Mapping[str, str]) -> HttpAnswer:
        self._servers.asked.append(f"GET {self._origin}{path}")
        return HttpAnswer(200, "application/json", json.dumps(self._servers.metadata).encode())

    def post(self, path: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        self._servers.asked.append(f"POST {self._origin}{path}")
        if isinstance(self._servers.answer, Exception):
            raise self._servers.answer
        return self._servers.answer


def endpoint(servers: FakeServers, clock: FakeClock, *, mutual_tls: bool = False) -> DiscoveredEndpoint:
    return DiscoveredEndpoint(Discovery(ISSUER, connect=servers, clock=clock), mutual_tls=mutual_tls)


def test_the_metadata_are_read_when_they_are_needed_and_kept_with_the_connection(clock):
    servers = FakeServers({"introspection_endpoint": f"{ISSUER}/introspect?x=1"})
    found = endpoint(servers, clock)
    assert servers.asked == []
    for _ in range(3):
        found.post({}, b"")
    assert servers.asked == [f"GET {WELL_KNOWN}", *[f"POST {ISSUER}/introspect?x=1"] * 3]
    assert servers.connected == [ISSUER, ISSUER]
    clock.now += MAX_AGE
    servers.metadata["introspection_endpoint"] = "https://other.example/i"
    found.post({}, b"")
    assert servers.asked[-2:] == [f"GET {WELL_KNOWN}", "POST https://other.example/i"]


@pytest.mark.parametrize(
    "said",
    [
        VerifierUnavailableError("down"), HttpAnswer(404, "text/html", b""), HttpAnswer(410, "text/html", b""),
    ],
)  # fmt: skip
def test_an_endpoint_that_is_not_there_may_have_moved(clock, said):
    servers = FakeServers({"introspection_endpoint": f"{ISSUER}/old"}, said)
    found = endpoint(servers, clock)
    if isinstance(said, Exception):
        with pytest.raises(VerifierUnavailableError):
            found.post({}, b"")
    else:
        found.post({}, b"")
    servers.metadata["introspection_endpoint"] = f"{ISSUER}/new"
    servers.answer = HttpAnswer(200, "application/json", b"{}")
    found.post({}, b"")
    assert servers.asked[-2:] == [f"GET {WELL_KNOWN}", f"POST {ISSUER}/new"]


@pytest.mark.rule("L3")
def test_an_endpoint_that_a_server_names_is_not_followed_into_the_own_network(clock):
    servers = FakeServers({"introspection_endpoint": "https://internal.example/i"})
    endpoint(servers, clock).post({}, b"")
    assert servers.public_only == {ISSUER: False, "https://internal.example": True}


@pytest.mark.parametrize(
    "named", [None, 5, "http://as.example/i", "ftp://as.example/i", "https://user@as.example/i"]
)
def test_metadata_without_a_usable_endpoint_are_an_outage(clock, named):
    with pytest.raises(VerifierUnavailableError, match="introspection_endpoint") as caught:
        endpoint(FakeServers({"introspection_endpoint": named}), clock).post({}, b"")
    assert caught.value.reason is Reason.AUTHORIZATION_SERVER_NONSENSE


def test_a_client_with_a_certificate_asks_where_certificates_are_asked_for(clock):
    servers = FakeServers(
        {
            "introspection_endpoint": f"{ISSUER}/i",
            "mtls_endpoint_aliases": {"introspection_endpoint": "https://mtls.example/i"},
        }
    )
    endpoint(servers, clock, mutual_tls=True).post({}, b"")
    assert servers.asked[-1] == "POST https://mtls.example/i"
    endpoint(servers, clock).post({}, b"")
    assert servers.asked[-1] == f"POST {ISSUER}/i"
    del servers.metadata["mtls_endpoint_aliases"]
    endpoint(servers, clock, mutual_tls=True).post({}, b"")
    assert servers.asked[-1] == f"POST {ISSUER}/i"


def test_discovery_over_real_http():
    answers: dict[str, object] = {"/introspect": {"active": True, "sub": "john"}}

    def behave(connection: Any) -> None:
        target = server.requests[-1].split(b" ")[1].decode()
        answer(json.dumps(answers[target]).encode())(connection)

    with ScriptedServer(behave) as server:
        answers["/.well-known/oauth-authorization-server"] = {
            "issuer": server.url, "introspection_endpoint": f"{server.url}/introspect",
        }  # fmt: skip
        settings = {"issuer": server.url, "discovery": True, "client_id": "api", "client_secret": "s"}
        verifier = introspection.from_settings(settings, Surroundings())
        assert verifier.verify("t", make_request()).subject == "john"
        assert verifier.verify("t", make_request()).subject == "john"
        assert [request.split(b" ")[0] for request in server.requests] == [b"GET", b"POST", b"POST"]


def test_keys_of_signed_answers_come_from_the_same_metadata(clock):
    claims = {
        "iss": "",
        "aud": "api",
        "iat": int(clock.now),
        "token_introspection": {"active": True, "sub": "john"},
    }
    answers: dict[str, object] = {"/keys": {"keys": [public_jwk("RSA")]}}

    def behave(connection: Any) -> None:
        target = server.requests[-1].split(b" ")[1].decode()
        if target == "/introspect":
            raw(signed_answer({**claims, "iss": server.url}), keep=True)(connection)
        else:
            answer(json.dumps(answers[target]).encode())(connection)

    with ScriptedServer(behave) as server:
        answers["/.well-known/oauth-authorization-server"] = {
            "issuer": server.url, "introspection_endpoint": f"{server.url}/introspect", "jwks_uri": f"{server.url}/keys",
        }  # fmt: skip
        settings = {
            "issuer": server.url, "discovery": True, "client_id": "api", "client_secret": "s", "signed_response": "required",
        }  # fmt: skip
        verifier = introspection.from_settings(settings, Surroundings(clock=clock))
        for _ in range(2):
            assert verifier.verify("t", make_request()).subject == "john"
        assert [request.split(b" ")[1] for request in server.requests] == [
            b"/.well-known/oauth-authorization-server", b"/introspect", b"/keys", b"/introspect",
        ]  # fmt: skip


def signed_answer(claims: dict[str, Any]) -> bytes:
    body = sign({"typ": "token-introspection+jwt", "alg": "RS256"}, claims).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@pytest.mark.parametrize("value", [False, 5, "http://as.example/metadata", "nonsense"])
def test_discovery_is_true_or_a_url(value):
    settings = {"issuer": ISSUER, "discovery": value, "client_id": "api", "client_secret": "s"}
    with pytest.raises(SettingsError, match=r"^discovery: "):
        introspection.from_settings(settings, Surroundings())
