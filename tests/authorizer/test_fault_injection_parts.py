"""The same inside: whatever a part gets from the part below it, nobody is let in who would not be otherwise."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.authorizer import Authorizer
from apigw_oauth.authorizer.dpop_proof import ProofRules
from apigw_oauth.authorizer.errors import AuthorizerError
from apigw_oauth.authorizer.http_target import PublicAddresses
from apigw_oauth.authorizer.replay_store import InMemoryReplayStore
from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable
from apigw_oauth.authorizer.sender_constraint import SenderConstraint
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers import authlete, introspection, key_source
from apigw_oauth.authorizer.verifiers.authlete_api import AuthleteApi
from apigw_oauth.authorizer.verifiers.authlete_facts import FactRules
from apigw_oauth.authorizer.verifiers.first_match import FirstMatch
from apigw_oauth.authorizer.verifiers.http_client import HttpAnswer
from apigw_oauth.authorizer.verifiers.introspected_jwt import IntrospectedJwt
from apigw_oauth.authorizer.verifiers.jwt import JwtVerifier
from tests.authorizer.conftest import FakeClock, make_request
from tests.authorizer.dpop_client import BASE, NOW, TOKEN, bound, proof, request_with
from tests.authorizer.fault_injection import NO_NUMBERS, RAISED, raising, returning
from tests.authorizer.verifiers import jwt_tokens

ROUTES = RouteTable([Route.parse("GET /pets/{id}", any_of=[["pets:read"]])])
GOOD = AccessToken(subject="john", client_id="demo", scopes=frozenset({"pets:read"}), expires_at=NOW + 60)
GARBAGE: tuple[Any, ...] = (
    *NO_NUMBERS,
    True,
    False,
    0,
    1,
    "",
    "true",
    {"active": True},
    (),
    ValueError,
    ValueError("x"),
)
FAULTS = [*map(raising, RAISED), *map(returning, GARBAGE)]


class Part:
    """A stand-in for a part: each of its methods is the fault, or one of the functions that are given."""

    def __init__(self, fault: Callable[[], object], **functions: Any) -> None:
        self._fault = fault
        self._functions = functions

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._functions.get(name, lambda *_arguments, **_named: self._fault())


def effect(verifier: Any, request: Any = None, *, sender: Any = None) -> str:
    authorizer = Authorizer(routes=ROUTES, verifier=verifier, clock=FakeClock(NOW), sender=sender)
    try:
        return authorizer.authorize(request or make_request()).effect
    except Exception as error:  # noqa: BLE001 - the handler takes care of every kind
        return type(error).__name__


def authlete_asking(client: Any) -> authlete.AuthleteVerifier:
    api = AuthleteApi(client, version=2, base_url="https://a", account="k", secret="s")
    return authlete.AuthleteVerifier(api, FactRules("https://a", None, ()), Surroundings())


def introspection_asking(endpoint: Any) -> Any:
    table = {"endpoint": "https://i/introspect", "client_id": "c", "client_secret": "s"}
    made = introspection.from_settings(table, Surroundings())
    made._endpoint = endpoint
    return made


def jwt_with(keys: Any) -> JwtVerifier:
    verifier = JwtVerifier(jwt_tokens.STRICT._rules, jwt_tokens.STRICT._keys, algorithms=("ES256",))
    verifier._keys = keys  # at fault from the first token on: what fails before that starts nothing
    return verifier


JWT_REQUEST = make_request(authorization=f"Bearer {jwt_tokens.token(scope='pets:read', exp=NOW + 60)}")
VERIFIERS: dict[str, Callable[[Any], Any]] = {
    "verifier": lambda part: part,
    "first verifier of several": lambda part: FirstMatch([part, part]),
    "JWT verifier": lambda part: IntrospectedJwt(part, Part(returning(GOOD))),
    "introspection of JWTs": lambda part: IntrospectedJwt(Part(returning(GOOD)), part),
    "HTTP client of authlete": authlete_asking,
    "HTTP client of introspection": introspection_asking,
}


@pytest.mark.rule("L5", "I16")
@pytest.mark.parametrize("name", VERIFIERS)
def test_whatever_the_part_below_a_verifier_does_nobody_is_let_in(name):
    for fault in FAULTS:
        assert effect(VERIFIERS[name](Part(fault))) != "Allow"


@pytest.mark.rule("L5", "I16", "R28")
@pytest.mark.parametrize("make", [authlete_asking, introspection_asking])
def test_whatever_an_http_client_takes_for_an_answer_nobody_is_let_in(make):
    bodies = (b'{"active":true,"scope":"pets:read"}', b'{"action":"OK","scopes":["pets:read"]}')
    assert {effect(make(Part(returning(HttpAnswer(200, "application/json", body))))) for body in bodies} >= {
        "Allow"
    }
    for body in bodies:
        for odd in GARBAGE:
            for answer in (HttpAnswer(odd, "application/json", body), HttpAnswer(200, "application/json", odd)):
                assert effect(make(Part(returning(answer)))) != "Allow", odd


@pytest.mark.rule("L6", "R19")
def test_whatever_a_key_source_does_nobody_is_let_in():
    good = jwt_with(jwt_tokens.STRICT._keys)
    assert effect(good, JWT_REQUEST) == "Allow"
    for fault in FAULTS:
        assert effect(jwt_with(Part(fault)), JWT_REQUEST) != "Allow"
        remote = key_source.RemoteKeys(fault, clock=FakeClock(NOW))  # type: ignore[arg-type]  # it is the fault
        assert effect(jwt_with(remote), JWT_REQUEST) != "Allow"


def sender(
    *, replays: Any = None, nonces: Any = None, clock: Any = None, addresses: Any = None
) -> SenderConstraint:
    given = addresses or PublicAddresses((BASE,))
    rules = ProofRules(given, ("ES256",), 60, nonces, clock or FakeClock(NOW))
    return SenderConstraint(rules, replays or InMemoryReplayStore(clock=FakeClock(NOW)))


def bound_effect(by: Any, **claims: Any) -> str:
    token = bound(scopes=frozenset({"pets:read"}), expires_at=NOW + 60)
    return effect(Part(returning(token)), request_with(proof(**claims)), sender=by)


@pytest.mark.rule("R46", "I16")
def test_whatever_a_replay_store_does_but_saying_that_a_proof_is_new_nobody_is_let_in():
    assert bound_effect(sender()) == "Allow"
    yes = True
    assert bound_effect(sender(replays=Part(returning(yes)))) == "Allow"
    for fault in [*map(raising, RAISED), *(returning(odd) for odd in GARBAGE if odd is not True)]:
        assert bound_effect(sender(replays=Part(fault))) != "Allow"


@pytest.mark.rule("R48", "I16")
def test_whatever_a_source_of_nonces_does_nobody_is_let_in():
    for fault in FAULTS:
        assert bound_effect(sender(nonces=Part(fault)), nonce="n") != "Allow"
        assert bound_effect(sender(nonces=Part(fault))) != "Allow"


@pytest.mark.rule("R44", "R47", "I16")
def test_whatever_the_clock_of_proofs_and_the_list_of_addresses_do_nobody_is_let_in():
    for fault in FAULTS:
        assert bound_effect(sender(clock=fault), iat=NOW - 600) != "Allow"
    for fault in map(raising, RAISED):
        assert bound_effect(sender(addresses=Part(fault))) != "Allow"


@pytest.mark.rule("L5", "I16")
def test_whatever_the_check_of_the_sender_raises_nobody_is_let_in():
    for fault in map(raising, (*RAISED, lambda: AuthorizerError("x"))):
        assert bound_effect(Part(fault, algorithms=("ES256",))) != "Allow"
        claiming = Part(returning(fault), algorithms=("ES256",))
        assert bound_effect(claiming) != "Allow"


@pytest.mark.rule("R21", "R22", "R24", "I16")
def test_facts_that_are_none_let_nobody_in():
    assert effect(Part(returning(GOOD))) == "Allow"
    odd_facts: dict[str, tuple[Any, ...]] = {
        "expires_at": (math.nan, "9999999999", [], object(), -math.inf, NOW - 60),
        "scopes": (None, "pets:read", ["pets:read"], 5, object(), frozenset()),
        "confirmation": ({"jkt": "x"}, "x", [1], object(), 5),
        "leeway": (None, "x", math.nan, -math.inf),
        "claims": (None, "x", 5, {"nbf": math.nan}, {"nbf": "1"}, {"iat": True}, {"iat": NOW + 60}),
    }
    for name, values in odd_facts.items():
        for odd in values:
            assert effect(Part(returning(GOOD._replace(**{name: odd})))) != "Allow", (name, odd)


def test_the_token_of_these_tests_is_the_one_that_proofs_are_made_for():
    assert request_with().headers["authorization"] == (f"DPoP {TOKEN}",)
