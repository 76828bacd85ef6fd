"""Introspection over real HTTP: what is sent, what is made of the answer, and which settings there are."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from apigw_oauth.authorizer.errors import InvalidTokenError, SettingsError, VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers import introspection
from apigw_oauth.authorizer.verifiers.introspection import IntrospectionVerifier
from apigw_oauth.authorizer.verifiers.table import Unresolved
from tests.authorizer.conftest import make_request
from tests.scripted_server import Behaviour, ScriptedServer, answer, hang_up, raw

CREDENTIALS = {"client_id": "api", "client_secret": "geheim"}
ACTIVE = {"active": True, "sub": "john", "client_id": "demo", "scope": "pets:read", "exp": 1_700_000_600}


def make(**settings: Any) -> IntrospectionVerifier:
    return introspection.from_settings(settings, Surroundings())


def says(content: object) -> Behaviour:
    return answer(json.dumps(content).encode())


def asked(server: ScriptedServer) -> tuple[str, dict[str, str], dict[str, list[str]]]:
    """The request line, the headers and the form of the only request."""
    (request,) = server.requests
    head, _, body = request.decode().partition("\r\n\r\n")
    line, *headers = head.split("\r\n")
    named = dict(header.split(": ", 1) for header in headers)
    return line, {name.lower(): value for name, value in named.items()}, parse_qs(body, keep_blank_values=True)


@pytest.mark.rule("R27")
def test_the_token_is_sent_in_a_form_with_our_credentials_and_a_hint():
    with ScriptedServer(says(ACTIVE)) as server:
        token = make(endpoint=f"{server.url}/introspect?realm=a%20b", **CREDENTIALS).verify(
            "a.b+c/d=", make_request()
        )
        line, headers, form = asked(server)
    assert line == "POST /introspect?realm=a%20b HTTP/1.1"
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert headers["accept"] == "application/json"
    assert headers["authorization"].startswith("Basic ")
    assert form == {"token": ["a.b+c/d="], "token_type_hint": ["access_token"]}
    assert (token.subject, token.client_id) == ("john", "demo")
    assert token.scopes == {"pets:read"}


@pytest.mark.parametrize("hint", ["", False])
def test_the_hint_can_be_left_out_or_be_another_one(hint):
    with ScriptedServer(says(ACTIVE)) as server:
        make(endpoint=server.url, token_type_hint=hint, **CREDENTIALS).verify("t", make_request())
        assert "token_type_hint" not in asked(server)[2]
    with ScriptedServer(says(ACTIVE)) as server:
        make(endpoint=server.url, token_type_hint="urn:x", **CREDENTIALS).verify("t", make_request())
        assert asked(server)[2]["token_type_hint"] == ["urn:x"]


def test_a_server_may_want_further_parameters():
    with ScriptedServer(says(ACTIVE)) as server:
        make(endpoint=server.url, parameters={"tenant": "a&b=c"}, **CREDENTIALS).verify("t", make_request())
        assert asked(server)[2]["tenant"] == ["a&b=c"]


@pytest.mark.rule("R27", "R28")
def test_a_redirect_is_not_followed_and_is_an_outage():
    redirect = answer(status="307 Temporary Redirect", headers="Location: http://127.0.0.1:1/\r\n")
    with ScriptedServer(redirect) as server, pytest.raises(VerifierUnavailableError):
        make(endpoint=server.url, **CREDENTIALS).verify("t", make_request())
    assert len(server.requests) == 1


@pytest.mark.rule("R28", "I17")
@pytest.mark.parametrize(
    "behaviour",
    [
        hang_up, raw(b"garbage\r\n\r\n"), answer(b"{}", status="500 Internal Server Error"), answer(b""), answer(b"[]"),
        answer(b'{"active":true,"active":true}'), answer(b'{"active":true}x'), answer(b"\xef\xbb\xbf{}"),
        answer(b'{"active":false,"x":"' + b"x" * 70000 + b'"}'),
        raw(b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 16\r\n\r\n{"active":false}'),
        raw(b'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"active":false}'),
        raw(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"active":false}'),
    ],
)  # fmt: skip
def test_whatever_is_no_verdict_is_an_outage_and_never_a_refusal(behaviour):
    with ScriptedServer(behaviour) as server, pytest.raises(VerifierUnavailableError):
        make(endpoint=server.url, **CREDENTIALS).verify("t", make_request())


@pytest.mark.rule("R28")
def test_a_server_that_cannot_be_reached_is_an_outage():
    with ScriptedServer(hang_up) as server:
        endpoint = server.url
    with pytest.raises(VerifierUnavailableError):
        make(endpoint=endpoint, **CREDENTIALS).verify("t", make_request())


@pytest.mark.rule("R28")
def test_a_server_that_does_not_answer_in_time_is_an_outage():
    moments = iter([0.0, 0.0, *[99.0] * 99])
    surroundings = Surroundings(monotonic=lambda: next(moments))
    with ScriptedServer(hang_up) as server:
        verifier = introspection.from_settings({"endpoint": server.url, **CREDENTIALS}, surroundings)
        with pytest.raises(VerifierUnavailableError) as caught:
            verifier.verify("t", make_request())
    assert caught.value.reason is Reason.AUTHORIZATION_SERVER_TIMEOUT


@pytest.mark.rule("R30")
def test_a_server_that_has_had_enough_is_an_outage_and_says_for_how_long():
    busy = answer(b"{}", status="429 Too Many Requests", headers="Retry-After: 7\r\n")
    with ScriptedServer(busy) as server, pytest.raises(VerifierUnavailableError) as caught:
        make(endpoint=server.url, **CREDENTIALS).verify("t", make_request())
    assert caught.value.reason is Reason.AUTHORIZATION_SERVER_ERROR
    assert caught.value.retry_after == 7


def test_one_connection_serves_many_tokens():
    with ScriptedServer(says(ACTIVE)) as server:
        verifier = make(endpoint=server.url, **CREDENTIALS)
        for _ in range(3):
            verifier.verify("t", make_request())
        assert server.connections == 1
        del verifier


def test_every_token_may_be_one_of_the_server():
    verifier = make(endpoint="https://as.example/introspect", **CREDENTIALS)
    assert verifier.recognizes("opaque")
    assert verifier.recognizes("a.b.c")
    assert not verifier.recognizes("")


def test_the_settings_bind_what_is_accepted():
    settings: dict[str, Any] = {
        **CREDENTIALS, "issuer": "https://as.example", "audience": ["https://api.example"], "clients": "demo", "leeway": 10,
    }  # fmt: skip
    full = {**ACTIVE, "iss": "https://as.example", "aud": "https://api.example"}
    with ScriptedServer(says(full)) as server:
        token = make(endpoint=server.url, **settings).verify("t", make_request())
    assert token.leeway == 10
    assert token.issuer == "https://as.example"
    for change, reason in (
        ({"iss": "https://as.example/"}, Reason.WRONG_ISSUER),
        ({"aud": "https://api.example/"}, Reason.WRONG_AUDIENCE),
        ({"client_id": "Demo"}, Reason.CLIENT_NOT_ALLOWED),
    ):
        with ScriptedServer(says({**full, **change})) as server, pytest.raises(InvalidTokenError) as caught:
            make(endpoint=server.url, **settings).verify("t", make_request())
        assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "client_id: is missing"),
        (CREDENTIALS, "endpoint: is missing; name the introspection endpoint, or issuer and discovery = true"),
        ({**CREDENTIALS, "endpoint": "http://as.example/"}, "endpoint: http:// is for loopback"),
        ({**CREDENTIALS, "endpoint": "https://user@as.example/"}, "endpoint: must be https://HOST"),
        ({**CREDENTIALS, "endpoint": "https://as.example/\n"}, "endpoint: holds a character"),
        ({**CREDENTIALS, "discovery": True}, "issuer: is missing"),
        ({**CREDENTIALS, "endpoint": "https://a", "issuer": "https://a?b"}, "issuer: must be https://HOST"),
        ({**CREDENTIALS, "endpoint": "https://a", "leeway": 61}, "leeway: must be a number from 0 to 60"),
        ({**CREDENTIALS, "endpoint": "https://a", "audience": []}, "audience: must be a text, or a list"),
        ({**CREDENTIALS, "endpoint": "https://a", "clients": [1]}, "clients: must be a text, or a list"),
        ({**CREDENTIALS, "endpoint": "https://a", "token_type_hint": 5}, "token_type_hint: is missing"),
        ({**CREDENTIALS, "endpoint": "https://a", "parameters": {"token": "x"}}, "parameters.token: is not for"),
        ({**CREDENTIALS, "endpoint": "https://a", "parameters": {"client_secret": "x"}}, "parameters.client_secret: is"),
        ({**CREDENTIALS, "endpoint": "https://a", "parameters": {"x": "env:X"}}, "parameters.x: must be a text; refer"),
        ({**CREDENTIALS, "endpoint": "https://a", "parameters": {"x": 1}}, "parameters.x: must be a text"),
        ({**CREDENTIALS, "endpoint": "https://a", "parameters": {"x": "\ud800"}}, "parameters, token_type_hint: are not"),
        ({**CREDENTIALS, "endpoint": "https://a", "signed_response": True}, "signed_response: must be one of off, req"),
        ({**CREDENTIALS, "endpoint": "https://a", "jwks_uri": "https://a"}, "jwks_uri: is for signed answers alone"),
        (
            {**CREDENTIALS, "endpoint": "https://a", "issuer": "https://a", "discovery": True},
            "discovery: is for signed answers alone",
        ),
        ({**CREDENTIALS, "endpoint": "https://a", "audiences": "x"}, "audiences: is not a key of an introspection"),
        (
            {"client_auth": "bearer", "token": "t", "endpoint": "https://a", "invalid_token_errors": True},
            "invalid_token_errors: cannot be beside client_auth = bearer",
        ),
    ],
)  # fmt: skip
def test_a_mistake_in_the_settings_is_named(settings, message):
    with pytest.raises(SettingsError) as caught:
        make(**settings)
    assert str(caught.value).startswith(message)


@pytest.mark.rule("L7")
def test_an_issuer_cannot_be_given_without_being_compared():
    with ScriptedServer(says({**ACTIVE, "iss": "https://evil.example"})) as server:
        verifier = make(endpoint=server.url, issuer="https://as.example", **CREDENTIALS)
        with pytest.raises(InvalidTokenError):
            verifier.verify("t", make_request())


@pytest.mark.parametrize("key", ["endpoint", "issuer", "client_id", "client_secret", "audience", "clients"])
def test_what_a_reference_will_bring_is_not_looked_into(key):
    settings = {"endpoint": "https://a", "issuer": "https://a", "audience": "a", "clients": "c", **CREDENTIALS}
    make(**{**settings, key: Unresolved("https://reference.invalid" if key in {"endpoint", "issuer"} else "1")})
