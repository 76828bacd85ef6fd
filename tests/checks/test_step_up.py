import pytest

from apigw_oauth.checks.rules import Rule
from tests.checks.checking import HTTP, REST, WEBSOCKET, Checking

OFF = 'cache = "off"'
DYNAMIC = f'{OFF}\nrefusals = "dynamic-401"'


@pytest.mark.rule("R57")
@pytest.mark.parametrize(
    ("api", "route", "authorizer", "place"),
    [
        (REST, '"GET /a" = { scopes = [], max_age = 5 }', OFF, "authorizer.refusals"),
        (REST, '"GET /a" = { scopes = [], acr_values = ["gold"] }', OFF, "authorizer.refusals"),
        (REST, '"GET /a" = { scopes = [], max_age = 0 }', DYNAMIC, None),
        (REST, '"GET /a" = { scopes = [], sender_constrained = true }', OFF, None),
        (HTTP, '"GET /a" = { scopes = [], max_age = 5 }', DYNAMIC, "api.type"),
        (WEBSOCKET, '"$connect" = { scopes = [], max_age = 5 }', DYNAMIC, "api.type"),
    ],
)
def test_where_a_client_does_not_learn_what_is_asked_for(
    checking: Checking, api: str, route: str, authorizer: str, place: str | None
):
    found = [finding.place for finding in checking.found(Rule.STEP_UP_UNTOLD, route, authorizer, api=api)]
    assert found == ([] if place is None else [f"apigw-oauth.toml: {place}"])
