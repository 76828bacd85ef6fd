"""What is done before the first request: connections and keys, and nothing that could fail a start."""

import json
import ssl
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from apigw_oauth.authorizer import lambda_handler, preparation
from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.lambda_handler import make_handler
from apigw_oauth.authorizer.preparation import prepared
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers.http_client import HttpClient
from apigw_oauth.authorizer.verifiers.key_source import RemoteKeys
from tests.authorizer.conftest import FakeClock, FakeVerifier, make_request
from tests.authorizer.lambda_environment import SECRET, VALID, event, settings
from tests.authorizer.test_rotation_in_lambda import FakeSecrets
from tests.authorizer.verifiers.fake_issuer import OUTAGE, FakeFetch, json_answer
from tests.authorizer.verifiers.jose_signing import public_jwk
from tests.scripted_server import ScriptedServer, answer, hang_up

JWKS = json.dumps({"keys": [public_jwk("P-256", 0, kid="k")]}).encode()


def introspection(url: str) -> dict[str, Any]:
    return {"type": "introspection", "endpoint": f"{url}/introspect", "client_id": "c", "client_secret": "s"}


def jwt(url: str, **keys: Any) -> dict[str, Any]:
    return {"type": "jwt", "issuer": url, "audience": "a", **(keys or {"jwks_uri": f"{url}/jwks"})}


def start(url: str, *verifiers: dict[str, Any], environ: dict[str, str] | None = None) -> Callable[[], str]:
    """What asks for an answer, of a function that has just been initialized in Lambda."""
    made = make_handler(
        settings(url, **({"verifiers": list(verifiers)} if verifiers else {})),
        environ={"SECRET": SECRET, **(environ or {})},
        clock=FakeClock(),
        write=lambda _line: None,
        secrets=FakeSecrets(None, "s"),
        prepare=True,
    )

    def ask() -> str:
        effect: str = made(event(), None)["policyDocument"]["Statement"][0]["Effect"]
        return effect

    return ask


def wait_for_connection(server: ScriptedServer) -> int:
    """The listening socket takes a connection before the server's thread does, which then says so."""
    server.accepted.wait(5)
    return server.connections


def test_the_first_request_finds_a_connection():
    with ScriptedServer(answer(json.dumps(VALID).encode())) as server:
        ask = start(server.url)
        connection = wait_for_connection(server)
        assert server.requests == []
        assert ask() == "Allow"
        assert (connection, server.connections) == (1, 1)


def test_the_first_token_finds_its_keys_and_each_verifier_is_prepared():
    with ScriptedServer(answer(JWKS)) as keys, ScriptedServer(answer(b'{"active": false}')) as server:
        start(keys.url, jwt(keys.url), introspection(server.url))
        assert [request.split(b" ")[1] for request in keys.requests] == [b"/jwks"]
        assert wait_for_connection(server) == 1


def test_a_jwt_whose_revocation_counts_is_prepared_for_both_questions():
    with ScriptedServer(answer(JWKS)) as keys, ScriptedServer(answer(b'{"active": false}')) as server:
        start(keys.url, {**jwt(keys.url), "introspect_jwts": True}, introspection(server.url))
        assert len(keys.requests) == 1
        assert wait_for_connection(server) == 1


def test_what_the_metadata_name_is_asked_for():
    with ScriptedServer(answer(JWKS)) as server:
        said = {
            "issuer": server.url,
            "jwks_uri": f"{server.url}/keys",
            "introspection_endpoint": f"{server.url}/introspect",
        }
        server._behaviours.insert(0, answer(json.dumps(said).encode()))
        signed = {"signed_response": "required", "issuer": server.url, "discovery": True}
        table = {**introspection(server.url), **signed}
        del table["endpoint"]
        start(server.url, table)
        paths = [request.split(b" ")[1] for request in server.requests]
        assert paths == [b"/.well-known/oauth-authorization-server", b"/keys"]


def test_a_server_that_cannot_be_reached_is_met_by_the_first_request():
    with ScriptedServer(hang_up) as server:
        url = server.url
    ask = start(url, jwt(url), introspection(url))
    with pytest.raises(lambda_handler.AuthorizerFailedError, match="authorization_server_unreachable"):
        ask()


def test_a_failure_counts_for_nothing_and_the_first_token_asks_at_once():
    fetch = FakeFetch(OUTAGE)
    keys = RemoteKeys(fetch, clock=FakeClock())
    keys.prepare()
    fetch.answer = json_answer(JWKS)
    assert keys.find(kid="k", alg="ES256").kid == "k"
    assert fetch.calls == 2


def test_keys_are_prepared_once():
    fetch = FakeFetch(json_answer(JWKS))
    keys = RemoteKeys(fetch, clock=FakeClock())
    keys.prepare()
    keys.prepare()
    assert keys.find(kid="k", alg="ES256").kid == "k"
    assert fetch.calls == 1


def test_a_connection_is_opened_once():
    with ScriptedServer(answer(b"1")) as server:
        client = HttpClient(server.url)
        client.prepare()
        client.prepare()
        assert client.get("/", {}).body == b"1"
        assert server.connections == 1
        client.close()


def test_a_snapshot_holds_no_connection_but_the_trust_of_the_system():
    made: list[ssl.SSLContext] = []

    def tls() -> ssl.SSLContext:
        made.append(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        return made[0]

    verifier = Preparing()
    environ = {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}
    assert prepared(lambda: verifier, environ=environ, surroundings=Surroundings(tls=tls)) is verifier
    assert (verifier.times, len(made)) == (0, 1)


def test_all_clients_of_a_function_share_the_trust_of_the_system(monkeypatch):
    made: list[ssl.SSLContext] = []

    def trust() -> ssl.SSLContext:
        made.append(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        return made[-1]

    monkeypatch.setattr(ssl, "create_default_context", trust)
    start("https://127.0.0.1:1", jwt("https://127.0.0.1:1"), introspection("https://127.0.0.1:1"))
    assert len(made) == 1


def test_secrets_that_cannot_be_had_yet_leave_nothing_to_prepare():
    with ScriptedServer(answer(b'{"active": true, "sub": "john", "scope": "profile"}')) as server:
        table = {**introspection(server.url), "client_secret": "secretsmanager:as"}
        ask = start(server.url, table)
        assert server.connections == 0
        assert ask() == "Allow"


class Preparing(FakeVerifier):
    def __init__(self, fault: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self.times = 0
        self._fault = fault

    def prepare(self) -> None:
        self.times += 1
        self._fault()


def fail() -> None:
    raise KeyboardInterrupt("secret")


@pytest.mark.parametrize("fault", [lambda: None, fail, lambda: 1 // 0])
def test_a_verifier_prepares_itself_and_whatever_it_raises_is_no_failure_of_the_start(fault, capfd):
    verifier = Preparing(fault)
    assert prepared(lambda: verifier, environ={}, surroundings=Surroundings()) is verifier
    assert verifier.times == 1
    assert capfd.readouterr() == ("", "")


def test_a_verifier_need_not_know_of_it():
    verifier = FakeVerifier()
    assert prepared(lambda: verifier, environ={}, surroundings=Surroundings()) is verifier


def test_a_verifier_that_is_not_ready_in_time_is_left_alone_and_another_one_is_used():
    released = threading.Event()
    late, other = Preparing(lambda: released.wait(30)), FakeVerifier()
    made = iter([late, other])
    verifier = prepared(lambda: next(made), environ={}, surroundings=Surroundings(), patience=0)
    released.set()
    assert verifier is other
    assert verifier.verify("good", make_request()).subject == "john"


def test_where_there_can_be_no_thread_nothing_is_prepared(monkeypatch):
    def none_left(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", none_left)
    verifier = Preparing()
    assert prepared(lambda: verifier, environ={}, surroundings=Surroundings()) is verifier
    assert verifier.times == 0


def test_the_time_for_it_is_well_below_what_lambda_gives_to_a_start():
    assert preparation.PATIENCE <= 3


def test_own_verifiers_are_prepared_too(tmp_path):
    (tmp_path / "ours.py").write_text(
        "class Ours:\n"
        "    times = 0\n"
        "    def prepare(self):\n        Ours.times += 1\n"
        "    def recognizes(self, token):\n        return True\n"
        "    def verify(self, token, request):\n        raise NotImplementedError\n"
    )
    content = settings("https://127.0.0.1:1", verifiers=[{"type": "ours:Ours"}])
    make_handler(content, environ={}, directory=str(tmp_path), write=lambda _line: None, prepare=True)
    assert sys.modules["ours"].Ours.times == 1


@pytest.mark.parametrize(("variable", "connections"), [("AWS_LAMBDA_RUNTIME_API", 1), ("SOMETHING_ELSE", 0)])
def test_the_handler_is_prepared_in_lambda_and_nowhere_else(monkeypatch, tmp_path, variable, connections):
    with ScriptedServer(answer(b"{}")) as server:
        file = tmp_path / "authorizer.json"
        file.write_text(json.dumps(settings(server.url)))
        monkeypatch.setenv("APIGW_OAUTH_SETTINGS", str(file))
        monkeypatch.setenv("SECRET", SECRET)
        monkeypatch.setenv(variable, "127.0.0.1:9001")
        monkeypatch.delitem(vars(lambda_handler), "handler", raising=False)
        assert callable(lambda_handler.handler)
        assert (wait_for_connection(server) if connections else server.connections) == connections
    monkeypatch.delitem(vars(lambda_handler), "handler")


def test_nothing_is_raised_where_keys_cannot_be_had():
    keys = RemoteKeys(FakeFetch(VerifierUnavailableError("down")), clock=FakeClock())
    keys.prepare()
