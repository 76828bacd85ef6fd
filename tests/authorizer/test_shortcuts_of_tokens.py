"""Short ways that depend on what a token says, and what is remembered of requests, beside the long ways."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from benchmarks.events import http_2_0, rest_request, rest_token
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer import authorizer_context, bearer_token, events, method_arn, scopes, token_times
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.challenge import FOR_ANY_ROUTE
from apigw_oauth.authorizer.decision import Decision
from apigw_oauth.authorizer.errors import (
    AnswerTooLargeError,
    InvalidTokenError,
    UnknownEventError,
    VerifierUnavailableError,
)
from apigw_oauth.authorizer.events import members
from apigw_oauth.authorizer.iam_policy import PolicyWriter
from apigw_oauth.authorizer.method_arn import MethodArn
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable
from apigw_oauth.authorizer.stage_policy import StagePolicies
from apigw_oauth.authorizer.verifiers import caching, introspection_facts, jws, jwt_claims
from tests.authorizer.conftest import STAGE, make_request
from tests.authorizer.test_shortcuts import outcome

HALVES = st.sampled_from(["", "00", "0000", "7f", "80", "ff", "0001", "0080", "00ff"])


@given(size=st.sampled_from([32, 48, 66]), r=HALVES, s=HALVES, rest=st.binary(min_size=66, max_size=66))
def test_the_numbers_of_a_signature_are_printed_as_the_library_would(size, r, s, rest):
    for filling in (rest, bytes(66)):
        first, second = ((bytes.fromhex(one) + filling)[:size] for one in (r, s))
        expected = encode_dss_signature(int.from_bytes(first), int.from_bytes(second))
        assert jws._der(first + second) == expected


MOMENTS: st.SearchStrategy[Any] = st.sampled_from(
    [0, 1, -1, 1 << 37, (1 << 37) - 1, token_times.LAST_MOMENT, token_times.LAST_MOMENT + 1, -token_times.LAST_MOMENT,
     -token_times.LAST_MOMENT - 1, 10**99, 1.5, -0.5, float("inf"), float("nan"), True, None, "1", [1], {}]
)  # fmt: skip
TEXTS: st.SearchStrategy[Any] = st.sampled_from(["", "x", 1, True, None, ["x"], {}])


@given(
    times=st.dictionaries(st.sampled_from(["exp", "nbf", "iat", "auth_time"]), MOMENTS),
    texts=st.dictionaries(st.sampled_from(["sub", "client_id", "jti", "acr", "scope"]), TEXTS),
)
def test_forms_of_claims_are_those_that_each_would_be_found_to_have(times, texts):
    right = all(map(token_times.is_moment, times.values())) and all(isinstance(t, str) for t in texts.values())
    found = outcome(jwt_claims._require_forms, {**times, **texts}, refused=InvalidTokenError)
    assert found == (None if right else "refused")


@given(st.lists(st.sets(st.sampled_from("abcd")), min_size=1, max_size=4), st.sampled_from([set, frozenset]))
def test_scopes_are_printed_alike_whether_they_are_known(several, kind):
    claims = authorizer_context.named(["scope", "exp"])
    for granted in [*several, *several]:
        token = AccessToken(scopes=kind(granted), expires_at=7.5)
        context = authorizer_context.build(token, claims=claims, challenge=FOR_ANY_ROUTE)
        assert (context["scope"], context["exp"]) == (scopes.to_wire(granted), json.dumps(7))


ROUTES = RouteTable(
    [Route.parse("GET /pets", any_of=[["read"]]), Route.parse("GET /{any}"), Route.parse("GET /pets/{id}")]
)
PATHS = ["/pets", "/pets/", "/a", "/pets/7", "//pets", "/a*", "/pets%2f7"]


@given(
    st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from([None, frozenset(), frozenset({"read"})])), min_size=1)
)  # fmt: skip
def test_what_a_policy_says_of_a_request_is_never_that_of_another(asked):
    stage = StagePolicies(ROUTES)
    for path, granted in asked:
        arn, routes = MethodArn.parse(f"{STAGE}/GET{path}"), tuple(ROUTES)[: len(path) % 3]
        plain = stage.for_scopes(granted, prefix=len(arn.resource("")))
        for _ in range(2):
            assert stage.for_request(granted, routes, arn) == (plain, plain.literals_for(routes, arn))


def test_names_of_requests_are_remembered_in_bounds():
    for number in range(1200):
        assert MethodArn.parse(f"{STAGE}/GET/{number}").path == f"/{number}"
    assert len(method_arn._whole) <= 1000
    long = f"{STAGE}/GET/{'x' * 300}"
    assert MethodArn.parse(long) == MethodArn._parse(long)
    assert long not in method_arn._whole


def with_member(event: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    changed = {**event, name: value}
    if value is None:
        del changed[name]
    return changed


@pytest.mark.parametrize("value", [None, 1, True, ["x"], {}], ids=repr)
@pytest.mark.parametrize(
    ("kind", "name"),
    [*[("request", name) for name in ("httpMethod", "path", "resource", "methodArn")],
     *[("http-2.0", name) for name in ("routeKey", "routeArn", "rawPath")]],
)  # fmt: skip
def test_each_text_of_an_event_is_looked_at(kind, name, value):
    event = {"request": rest_request, "http-2.0": http_2_0}[kind]("good", "/pets")
    with pytest.raises(UnknownEventError, match=f"{name} of the event is not a string"):
        events.named(kind).parse(with_member(event, name, value))


def test_names_of_headers_are_remembered_in_bounds():
    for number in range(200):
        assert members.headers({"headers": {f"X-{number}": "1"}}).get(f"x-{number}") == ("1",)
    assert len(members._places) <= 64
    long = "x" * 3000
    assert members.headers({"headers": {long: "1"}})[long] == ("1",)
    assert (long,) not in members._places


def test_what_is_made_without_names_has_all_members():
    made: list[Any] = [
        *(events.named(kind).parse(event) for kind, event in (
            ("token", rest_token("good", "/pets")),
            ("request", rest_request("good", "/pets")),
            ("http-2.0", http_2_0("good", "/pets")),
        )),
    ]  # fmt: skip
    decided = Decision.allow(Reason.AUTHORIZED, (), AccessToken(dpop_nonce="n"), 7.0)
    assert decided == Decision(
        "Allow", Reason.AUTHORIZED, (), AccessToken(dpop_nonce="n"), valid_until=7.0, dpop_nonce="n"
    )
    assert decided.until(8.0) == decided._replace(valid_until=8.0)
    made += [decided, bearer_token.from_request(made[0], dpop=False)]
    assert [len(one) for one in made] == [len(one._fields) for one in made]
    assert made[-1] == ("Bearer", "good")
    rest, http = made[1], made[2]
    assert rest._replace(headers={}) == Request(
        "GET", "/pets", "GET /pets", {}, rest.method_arn, external_path="/pets"
    )
    assert http._replace(headers={}) == Request(
        "GET", "/pets", "GET /pets", {}, http.method_arn, external_path="/pets", path_is_decoded=True
    )


SAID: st.SearchStrategy[Any] = st.sampled_from(
    ["Bearer", "bearer", "BEARER", "DPoP", "access_token", "refresh_token", "", {}, ["Bearer"], True]
)


def plain_introspection(content: dict[str, Any], accepted: frozenset[str] | None) -> Any:
    """Return confirmation and audience of what is an access token."""
    names = ("iss", "sub", "client_id", "token_type", "token_use", "acr")
    if not all(isinstance(content.get(name, ""), str) for name in names):
        raise VerifierUnavailableError("x", reason=Reason.AUTHORIZATION_SERVER_NONSENSE)
    for name, allowed in (
        ("token_type", ("bearer", "dpop", "access_token")),
        ("token_use", ("access", "access_token")),
        ("typ", ("bearer", "dpop", "jwt", "at+jwt", "application/at+jwt")),
    ):
        if isinstance(content.get(name), str) and content[name].lower() not in allowed:
            raise InvalidTokenError("x", reason=Reason.WRONG_TOKEN_TYPE)
    confirmation = content.get("cnf", {})
    if not isinstance(confirmation, dict) or ("cnf" in content and not confirmation):
        raise VerifierUnavailableError("x", reason=Reason.AUTHORIZATION_SERVER_NONSENSE)
    if content.get("token_type", "").lower() == "dpop" and "jkt" not in confirmation:
        raise InvalidTokenError("x", reason=Reason.SENDER_CONSTRAINED_TOKEN)
    values = (
        content["aud"] if isinstance(content.get("aud"), list) else [content["aud"]] if "aud" in content else []
    )
    if not all(isinstance(one, str) for one in values):
        raise VerifierUnavailableError("x", reason=Reason.AUTHORIZATION_SERVER_NONSENSE)
    if accepted is not None and accepted.isdisjoint(values):
        raise InvalidTokenError("x", reason=Reason.WRONG_AUDIENCE)
    return confirmation, frozenset(values)


@given(
    said=st.fixed_dictionaries({}, optional=dict.fromkeys(["token_type", "token_use", "typ", "sub"], SAID)),
    cnf=st.sampled_from([{}, {"cnf": {}}, {"cnf": {"jkt": "k"}}, {"cnf": "k"}, {"aud": "a"}, {"aud": ["b", 1]}, {"aud": ["b"]}]),
    accepted=st.sampled_from([None, frozenset({"a"})]),
)  # fmt: skip
def test_kind_and_confirmation_are_those_of_a_longer_look(said, cnf, accepted):
    content = {"active": True, **said, **cnf}
    rules = introspection_facts.FactRules(None, accepted, None, 30)

    def told(read: Callable[[], Any]) -> Any:
        try:
            return read()
        except (InvalidTokenError, VerifierUnavailableError) as error:
            return error.reason

    def read() -> Any:
        token = introspection_facts.facts(content, rules)
        assert token == AccessToken(
            subject=said.get("sub") or None, audience=token.audience, confirmation=token.confirmation, claims=token.claims, leeway=30
        )  # fmt: skip
        return token.confirmation, token.audience

    assert told(read) == told(lambda: plain_introspection(content, accepted))


@pytest.mark.parametrize("cache", ["route", "token"])
def test_an_answer_is_the_same_whatever_was_answered_before_and_whatever_became_of_it(cache):
    asked = [
        make_request(path=path, resource=None)
        for path in ("/pets", "/pets/7", "/pets/7/", "/none", "/a%2fb", "/pets")
    ]
    decisions: list[Decision] = []
    for request in asked:
        for granted in (frozenset({"read"}), frozenset[str]()):
            token, routes = AccessToken(subject="ann", scopes=granted, expires_at=9.0), ROUTES.serving(request)
            decisions += [
                Decision.allow(Reason.AUTHORIZED, routes, token, token.expires_at),
                Decision.forbid(Reason.CLOSED_ROUTE, routes, token),
            ]
    same = PolicyWriter(routes=ROUTES, cache=cache, claims=["sub"])
    for _ in range(2):
        for number, decided in enumerate(decisions):
            request = asked[number // 4]
            if decided.effect == "Allow" and not decided.routes:
                continue
            plain = outcome(
                PolicyWriter(routes=ROUTES, cache=cache, claims=["sub"]).answer,
                decided,
                request,
                refused=AnswerTooLargeError,
            )
            found = outcome(same.answer, decided, request, refused=AnswerTooLargeError)
            assert found == plain
            for statement in found["policyDocument"]["Statement"] if found != "refused" else ():
                statement["Resource"].append("arn:aws:execute-api:*:*:*")
                statement["Effect"] = "Allow"


SIZES = st.sampled_from([0, 1, 50, 55, 56, 57, 58, 110, 113, 114, 600, 670, 680, 8100, 8180])
LONG = st.builds(
    lambda letter, times: letter * times, st.sampled_from(["a", '"', "\x00", "é", "\U0001f511"]), SIZES
)


@given(
    subject=LONG,
    claims=st.dictionaries(LONG, LONG | st.sampled_from([0, -(10**20), 1.5, float("-inf"), True, None, [], ["a"], {"a": None}, 10**5000])),
    scopes=st.frozensets(st.sampled_from(["a", "b" * 20])),
    confirmation=st.sampled_from([{}, {"jkt": "k"}]),
)  # fmt: skip
def test_facts_are_kept_if_their_json_is_not_too_long(subject, claims, scopes, confirmation):
    token = AccessToken("i", subject, None, scopes, frozenset({"a"}), None, confirmation, claims)
    names = [token.issuer, token.subject, token.client_id, *token.scopes, *token.audience]
    length = outcome(lambda: len(json.dumps([names, claims, confirmation])))  # a number may have too many digits
    assert caching._may_be_kept(token) == (length != "refused" and length <= caching.MAX_SIZE)
    assert not caching._may_be_kept(token._replace(reusable=False))
