"""What a route requires, in words."""

import pytest

from apigw_oauth.authorizer.route import Route
from apigw_oauth.cli.trying import requirement

ROUTE = Route.parse("GET /a", any_of=[["b", "a"], ["c"]])


@pytest.mark.parametrize(
    ("route", "told"),
    [
        (Route.parse("GET /a", public=True), "nothing: it is public"),
        (Route.closed("GET /a"), "what nobody has: it is closed"),
        (Route.parse("GET /a"), "any valid token"),
        (ROUTE, "a b or c"),
        (
            ROUTE._replace(
                acr_values=("gold", "silver"), max_age=0, sender_constrained=True, authorization_details=("payment",)
            ),
            "a b or c; authorization details of the types payment; bound to its sender; acr gold or silver; a login of the last 0 s",
        ),
    ],
)  # fmt: skip
def test_a_requirement_is_told_in_words(route, told):
    assert requirement.told(route) == told
