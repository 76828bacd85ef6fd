"""The story of a decision."""

import pytest

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.authorizer import Authorizer
from apigw_oauth.authorizer.errors import InvalidTokenError, VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable
from apigw_oauth.authorizer.stage_policy import StagePolicies
from tests.authorizer.conftest import STAGE, FakeClock, FakeVerifier, make_request

ROUTES = RouteTable(
    [
        Route.parse("GET /health", public=True),
        Route.parse("GET /pets/{id}", any_of=[["pets:read"]]),
        Route.parse("GET /pets/{id}/owner", any_of=[["owners:read"]]),
    ]
)


SPILLING = RouteTable(
    [
        Route.parse("GET /pets/{id}", any_of=[["pets:read"]]),
        Route.parse("GET /pets/mine", any_of=[["pets:own"]]),
    ]
)


def authorizer(
    verifier: FakeVerifier, clock: FakeClock, *, stage: bool = False, routes: RouteTable = ROUTES
) -> Authorizer:
    policies = StagePolicies(routes) if stage else None
    return Authorizer(routes=routes, verifier=verifier, clock=clock, stage=policies)


def test_a_good_token_with_the_scope_passes(clock):
    decision = authorizer(FakeVerifier(), clock).authorize(make_request())
    assert (decision.effect, decision.reason, decision.principal_id) == ("Allow", Reason.AUTHORIZED, "john")


def test_a_public_route_needs_no_token_and_asks_nobody(clock):
    verifier = FakeVerifier()
    decision = authorizer(verifier, clock).authorize(
        make_request(path="/health", resource="/health", authorization=None)
    )
    assert (decision.effect, decision.reason) == ("Allow", Reason.PUBLIC_ROUTE)
    assert verifier.asked == []


def test_an_answer_for_the_whole_stage_knows_the_token_also_on_a_public_route(clock):
    verifier = FakeVerifier({"good": AccessToken(subject="john"), "bad": InvalidTokenError("no")})
    story = authorizer(verifier, clock, stage=True)
    good = story.authorize(make_request(path="/health", resource=None))
    assert (good.effect, good.reason, good.principal_id) == ("Allow", Reason.PUBLIC_ROUTE, "john")
    bad = story.authorize(make_request(path="/health", resource=None, authorization="Bearer bad"))
    assert (bad.effect, bad.reason, bad.access_token) == ("Allow", Reason.PUBLIC_ROUTE, None)


def test_a_known_caller_without_the_scope_is_refused_with_the_scope_in_the_challenge(clock):
    request = make_request(path="/pets/7/owner", resource="/pets/{id}/owner")
    decision = authorizer(FakeVerifier(), clock).authorize(request)
    assert (decision.effect, decision.reason, decision.unauthenticated) == (
        "Deny",
        Reason.INSUFFICIENT_SCOPE,
        False,
    )
    assert 'scope="owners:read"' in str(decision.challenge)
    assert decision.principal_id == "john"


@pytest.mark.parametrize(
    ("authorization", "reason"), [(None, Reason.MISSING_TOKEN), ("Bearer a b", Reason.MALFORMED_AUTHORIZATION)]
)
def test_a_request_without_a_usable_token_is_unauthenticated_and_nobody_is_asked(clock, authorization, reason):
    verifier = FakeVerifier()
    decision = authorizer(verifier, clock).authorize(make_request(authorization=authorization))
    assert (decision.effect, decision.reason, decision.unauthenticated) == ("Deny", reason, True)
    assert verifier.asked == []


def test_an_unknown_route_is_refused_before_anybody_is_asked(clock):
    verifier = FakeVerifier()
    decision = authorizer(verifier, clock).authorize(make_request(path="/toys", resource="/toys"))
    assert (decision.effect, decision.reason, decision.unauthenticated) == ("Deny", Reason.UNKNOWN_ROUTE, False)
    assert verifier.asked == []


def test_an_answer_for_the_whole_stage_needs_the_token_even_on_an_unknown_route(clock):
    decision = authorizer(FakeVerifier(), clock, stage=True).authorize(make_request(path="/toys", resource=None))
    assert (decision.effect, decision.reason, decision.principal_id) == ("Deny", Reason.UNKNOWN_ROUTE, "john")


def test_a_path_that_reads_as_two_routes_needs_both(clock):
    request = make_request(path="/pets/7%2Fowner", resource=None)
    assert authorizer(FakeVerifier(), clock, stage=True).authorize(request).reason is Reason.INSUFFICIENT_SCOPE


def test_a_path_that_cannot_be_printed_is_refused_where_only_the_literal_can_be(clock):
    odd, plain = make_request(path="/pets/a*b", resource=None), make_request(path="/pets/ab", resource=None)
    story = authorizer(FakeVerifier(), clock, stage=True, routes=SPILLING)
    assert story.authorize(odd).reason is Reason.UNPRINTABLE_PATH
    assert story.authorize(plain).effect == "Allow"


def test_a_token_ends_at_its_time_whatever_the_verifier_says(clock):
    token = AccessToken(client_id="demo", scopes=frozenset({"pets:read"}), expires_at=clock.now + 10)
    story = authorizer(FakeVerifier({"good": token}), clock)
    assert story.authorize(make_request()).effect == "Allow"
    clock.now += 10
    decision = story.authorize(make_request())
    assert (decision.effect, decision.reason, decision.unauthenticated) == ("Deny", Reason.EXPIRED_TOKEN, True)


def test_a_bound_token_is_no_bearer_token(clock):
    token = AccessToken(client_id="demo", scopes=frozenset({"pets:read"}), confirmation={"jkt": "x"})
    decision = authorizer(FakeVerifier({"good": token}), clock).authorize(make_request())
    assert (decision.effect, decision.reason) == ("Deny", Reason.SENDER_CONSTRAINED_TOKEN)


def test_the_principal_of_a_token_without_a_subject_is_its_client(clock):
    token = AccessToken(client_id="demo", scopes=frozenset({"pets:read"}))
    assert authorizer(FakeVerifier({"good": token}), clock).authorize(make_request()).principal_id == "demo"


def test_an_invalid_token_is_refused_and_an_outage_is_not_a_refusal(clock):
    verifier = FakeVerifier({"bad": InvalidTokenError("no"), "down": VerifierUnavailableError("down")})
    assert authorizer(verifier, clock).authorize(make_request(authorization="Bearer bad")).unauthenticated
    with pytest.raises(VerifierUnavailableError):
        authorizer(verifier, clock).authorize(make_request(authorization="Bearer down"))


@pytest.mark.parametrize("override", ["DELETE", "delete", " POST ", ""])
def test_a_request_that_names_two_methods_is_refused(clock, override):
    request = make_request(headers={"x-http-method-override": (override,)})
    decision = authorizer(FakeVerifier(), clock).authorize(request)
    assert (decision.effect, decision.reason) == ("Deny", Reason.METHOD_OVERRIDE)


def test_an_override_that_changes_nothing_is_no_reason_to_refuse(clock):
    request = make_request(headers={"x-http-method-override": ("get",)})
    assert authorizer(FakeVerifier(), clock).authorize(request).effect == "Allow"


def test_an_event_whose_arn_has_another_verb_is_refused(clock):
    request = make_request()
    forged = request._replace(method_arn=request.method_arn.parse(f"{STAGE}/DELETE/pets/7"))
    assert authorizer(FakeVerifier(), clock).authorize(forged).reason is Reason.METHOD_OVERRIDE
