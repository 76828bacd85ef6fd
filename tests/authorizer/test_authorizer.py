"""The story of a decision."""

from typing import Any, cast

import pytest

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.authorizer import Authorizer
from apigw_oauth.authorizer.errors import (
    InvalidProofError,
    InvalidTokenError,
    NonceRequiredError,
    VerifierUnavailableError,
)
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


PROVEN = AccessToken(subject="john", scopes=frozenset({"pets:read"}), confirmation={"jkt": "thumbprint"})


class FakeSender:
    """Accepts whoever it is told to, and keeps account of it."""

    algorithms = ("ES256",)

    def __init__(self, *, refusal: Exception | None = None, replay: Exception | None = None) -> None:
        self.refusal, self.replay = refusal, replay
        self.required: list[bool] = []
        self.claimed = 0

    def require(self, token, credentials, request, *, required):
        self.required.append(required)
        if self.refusal is not None:
            raise self.refusal
        return self._claim

    def _claim(self) -> None:
        self.claimed += 1
        if self.replay is not None:
            raise self.replay


def guarded(
    sender: FakeSender | None, clock: FakeClock, token: AccessToken = PROVEN, **requirements
) -> Authorizer:
    route = Route.parse("GET /pets/{id}", any_of=[["pets:read"]])._replace(**requirements)
    return Authorizer(
        routes=RouteTable([route]), verifier=FakeVerifier({"good": token}), clock=clock, sender=cast("Any", sender)
    )


@pytest.mark.rule("R46")
def test_a_proof_is_used_up_when_everything_else_is_in_order_and_not_before(clock):
    sender = FakeSender()
    assert guarded(sender, clock).authorize(make_request()).effect == "Allow"
    assert sender.claimed == 1
    assert guarded(sender, clock, PROVEN._replace(scopes=frozenset())).authorize(make_request()).effect == "Deny"
    assert guarded(sender, clock, acr_values=("gold",)).authorize(make_request()).effect == "Deny"
    assert sender.claimed == 1


@pytest.mark.rule("R46")
def test_a_proof_that_was_used_before_lets_nobody_in(clock):
    replay = InvalidProofError("It was used before.", reason=Reason.REPLAYED_PROOF)
    decision = guarded(FakeSender(replay=replay), clock).authorize(make_request())
    assert (decision.effect, decision.reason, decision.unauthenticated) == ("Deny", Reason.REPLAYED_PROOF, True)


def test_a_replay_store_that_fails_is_neither_yes_nor_no(clock):
    sender = FakeSender(replay=VerifierUnavailableError("down"))
    with pytest.raises(VerifierUnavailableError):
        guarded(sender, clock).authorize(make_request())


@pytest.mark.rule("R54")
@pytest.mark.parametrize("required", [True, False])
def test_the_route_says_whether_a_token_must_be_bound(clock, required):
    sender = FakeSender()
    guarded(sender, clock, sender_constrained=required).authorize(make_request())
    assert sender.required == [required]


@pytest.mark.rule("R50", "R54")
@pytest.mark.parametrize("token", [PROVEN, PROVEN._replace(confirmation={})])
def test_a_route_for_bound_tokens_is_closed_where_no_proof_can_be_checked(clock, token):
    decision = guarded(None, clock, token, sender_constrained=True).authorize(make_request())
    assert (decision.effect, decision.reason) == ("Deny", Reason.SENDER_CONSTRAINED_TOKEN)


@pytest.mark.rule("R48")
def test_a_nonce_goes_with_the_refusal_that_asks_for_it(clock):
    decision = guarded(FakeSender(refusal=NonceRequiredError("Use it.", nonce="abc")), clock).authorize(
        make_request()
    )
    assert (decision.effect, decision.dpop_nonce) == ("Deny", "abc")
    assert str(decision.challenge).startswith('DPoP error="use_dpop_nonce"')


@pytest.mark.rule("R36")
def test_a_nonce_of_the_authorization_server_goes_with_every_answer(clock):
    for token, effect in ((PROVEN, "Allow"), (PROVEN._replace(scopes=frozenset()), "Deny")):
        decision = guarded(FakeSender(), clock, token._replace(dpop_nonce="abc")).authorize(make_request())
        assert (decision.effect, decision.dpop_nonce) == (effect, "abc")


@pytest.mark.rule("R55", "R56", "R57")
def test_a_weak_or_old_login_is_asked_for_again_although_the_scopes_are_there(clock):
    for requirement in ({"acr_values": ("gold",)}, {"max_age": 300}):
        decision = guarded(FakeSender(), clock, **requirement).authorize(make_request())
        assert (decision.reason, decision.unauthenticated) == (Reason.INSUFFICIENT_AUTHENTICATION, True)
        assert decision.access_token is not None
    fresh = PROVEN._replace(claims={"acr": "gold", "auth_time": clock.now - 300})
    story = guarded(FakeSender(), clock, fresh, acr_values=("gold",), max_age=300)
    assert story.authorize(make_request()).effect == "Allow"
    clock.now += 1
    assert story.authorize(make_request()).effect == "Deny"


@pytest.mark.rule("R59")
def test_details_that_a_route_requires_are_a_403(clock):
    decision = guarded(FakeSender(), clock, authorization_details=("payment",)).authorize(make_request())
    assert (decision.reason, decision.unauthenticated) == (Reason.INSUFFICIENT_AUTHORIZATION_DETAILS, False)


def test_an_answer_holds_as_long_as_what_it_was_made_of(clock):
    token = PROVEN._replace(expires_at=clock.now + 10, leeway=30)
    story = guarded(FakeSender(), clock, token)
    assert story.authorize(make_request()).valid_until == clock.now + 10
    clock.now += 20
    assert story.authorize(make_request()).valid_until == clock.now + 20
    clock.now += 20
    assert story.authorize(make_request()).reason is Reason.EXPIRED_TOKEN
