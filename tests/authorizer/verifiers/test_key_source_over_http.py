"""Keys over real HTTP: what comes back, and what goes wrong on the way."""

import json
from typing import Any

import pytest

from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.verifiers.http_client import HttpClient
from apigw_oauth.authorizer.verifiers.key_source import KeySource, RemoteKeys, fetch_from
from tests.authorizer.conftest import FakeClock
from tests.authorizer.verifiers.jose_signing import public_jwk
from tests.scripted_server import Behaviour, ScriptedServer, answer, hang_up, raw

OLD = {"keys": [public_jwk("P-256", 0, kid="old")]}


def over_http(*behaviours: Behaviour, path: str = "/keys") -> tuple[str, list[bytes]]:
    clock = FakeClock()
    with ScriptedServer(*behaviours) as server:
        client = HttpClient(server.url)
        keys: KeySource = RemoteKeys(fetch_from(client, path), clock=clock)
        try:
            outcome = str(keys.find(kid="old", alg="ES256").kid)
        except VerifierUnavailableError as error:
            outcome = str(error)
        finally:
            client.close()
        return outcome, server.requests


def body(document: Any) -> bytes:
    return json.dumps(document).encode()


def test_keys_are_got_over_http():
    outcome, (request,) = over_http(answer(body(OLD)), path="/realms/x/keys?a=b")
    assert outcome == "old"
    assert request.startswith(b"GET /realms/x/keys?a=b HTTP/1.1\r\n")
    assert b"Accept: application/jwk-set+json, application/json\r\n" in request


@pytest.mark.rule("L3")
def test_a_redirect_is_not_followed():
    with ScriptedServer(answer(body(OLD))) as other:
        outcome, requests = over_http(answer(b"", status="302 Found", headers=f"Location: {other.url}/keys\r\n"))
        assert outcome.endswith("HTTP 302")
        assert (len(requests), other.requests) == (1, [])
        assert other.connections == 0


@pytest.mark.rule("L3", "R19")
@pytest.mark.parametrize(
    "behaviour",
    [
        hang_up,
        raw(b"nonsense\r\n\r\n"),
        answer(b'{"keys":[' + b" " * 65536 + b"]}"),
        raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{"),
        raw(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b"
        ),
    ],
)
def test_what_goes_wrong_on_the_wire_is_an_unavailable_key_set(behaviour):
    outcome, _ = over_http(behaviour)
    assert outcome.startswith("the keys of the issuer cannot be fetched: ")


def test_how_long_to_keep_them_is_read_from_the_answer():
    clock = FakeClock()
    with ScriptedServer(answer(body(OLD), headers="Cache-Control: public, max-age=600\r\n")) as server:
        client = HttpClient(server.url)
        keys = RemoteKeys(fetch_from(client, "/keys"), clock=clock)
        keys.find(kid="old", alg="ES256")
        clock.now += 599
        keys.find(kid="old", alg="ES256")
        assert len(server.requests) == 1
        clock.now += 1
        keys.find(kid="old", alg="ES256")
        assert len(server.requests) == 2
        client.close()
