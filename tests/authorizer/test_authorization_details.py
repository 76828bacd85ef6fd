"""RFC 9396: the types of authorization details that a route requires."""

import json

import pytest

from apigw_oauth.authorizer import authorization_details, authorizer_context
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.challenge import Challenge
from apigw_oauth.authorizer.errors import InsufficientScopeError, InvalidTokenError
from apigw_oauth.authorizer.reason import Reason

OURS = frozenset({"https://api.example.com"})


def require(details, *types: str) -> None:
    token = AccessToken(claims={"authorization_details": details})
    authorization_details.require(token, types, resources=OURS)


@pytest.mark.rule("R59")
def test_details_of_each_type_are_needed():
    require([{"type": "payment"}, {"type": "account", "actions": ["read"]}], "payment", "account")
    with pytest.raises(InsufficientScopeError) as caught:
        require([{"type": "payment"}], "payment", "account")
    assert caught.value.reason is Reason.INSUFFICIENT_AUTHORIZATION_DETAILS
    assert 'error="insufficient_scope"' in str(Challenge.of(caught.value))


@pytest.mark.rule("R59")
def test_details_for_other_places_do_not_count_for_this_one():
    require([{"type": "payment", "locations": ["https://other.example", "https://api.example.com"]}], "payment")
    for elsewhere in (["https://other.example"], ["https://api.example.com/"], [], "https://api.example.com", [1]):
        with pytest.raises(InsufficientScopeError):
            require([{"type": "payment", "locations": elsewhere}], "payment")


@pytest.mark.rule("R59")
def test_a_token_without_details_lacks_every_type():
    with pytest.raises(InsufficientScopeError):
        require(None, "payment")


@pytest.mark.rule("R58")
@pytest.mark.parametrize("details", ["payment", {"type": "payment"}, ["payment"], [{}], [{"type": 1}], [None], 1])
def test_malformed_details_make_the_token_invalid(details):
    with pytest.raises(InvalidTokenError) as caught:
        require(details, "payment")
    assert caught.value.reason is Reason.INVALID_CLAIMS


@pytest.mark.rule("R60")
def test_the_backend_gets_them_as_compact_json():
    token = AccessToken(claims={"authorization_details": [{"type": "payment", "actions": ["read"]}]})
    context = authorizer_context.build(
        token, claims=authorizer_context.named(["authorization_details"]), challenge=Challenge()
    )
    assert context["authorization_details"] == '[{"actions":["read"],"type":"payment"}]'
    assert json.loads(context["authorization_details"]) == token.claims["authorization_details"]
