import pytest

from apigw_oauth.checks.rules import Rule
from tests.checks.checking import HTTP, REST, WEBSOCKET, Checking

ROUTES = '"GET /a" = ["a"]'
BOUND = '"GET /a" = { scopes = ["a"], sender_constrained = true }'
URLS = 'public_base_urls = ["https://api.example"]\n'
OFF = 'cache = "off"'
NONCES = f"{OFF}\ndpop = {{ nonces = true }}"


def test_bound_tokens_without_an_address(checking: Checking):
    (finding,) = checking.found(Rule.NO_URL_FOR_PROOFS, BOUND, OFF)
    assert finding.place == "apigw-oauth.toml: api.public_base_urls"
    assert checking.found(Rule.NO_URL_FOR_PROOFS, BOUND, OFF, api=REST + URLS) == []
    assert checking.found(Rule.NO_URL_FOR_PROOFS, ROUTES, OFF) == []


def test_the_whole_api_can_ask_for_bound_tokens(checking: Checking):
    (finding,) = checking.found(Rule.NO_URL_FOR_PROOFS, ROUTES, f"{OFF}\nsender_constrained = true")
    assert "GET /a" in finding.message


@pytest.mark.rule("R48")
@pytest.mark.parametrize(
    ("api", "authorizer", "found"),
    [
        (REST, NONCES, True),
        (REST, f'{NONCES}\nrefusals = "dynamic-401"', False),
        (HTTP, f'{NONCES}\nrefusals = "dynamic-401"', True),
        (REST, OFF, False),
    ],
)
def test_nonces_need_a_refusal_that_carries_them(checking: Checking, api: str, authorizer: str, found: bool):
    findings = checking.found(Rule.NONCES_UNTOLD, ROUTES, authorizer, api=api + URLS)
    assert bool(findings) == found
    assert all("dynamic-401" in one.mend or 'type = "rest"' in one.mend for one in findings)


def test_a_handshake_cannot_carry_a_nonce(checking: Checking):
    assert checking.found(Rule.NONCES_UNTOLD, '"$connect" = ["a"]', NONCES, api=WEBSOCKET + URLS)


def test_how_far_replays_are_noticed(checking: Checking):
    assert checking.found(Rule.REPLAY, ROUTES, OFF, api=REST + URLS)
    assert checking.found(Rule.REPLAY, ROUTES, OFF) == []
    assert checking.found(Rule.REPLAY, ROUTES, api=REST + URLS) == []
    off = f'{OFF}\ndpop = {{ replay = "off", max_age = 30 }}'
    (finding,) = checking.found(Rule.NO_REPLAY_PROTECTION, ROUTES, off, api=REST + URLS)
    assert "30 s" in finding.message
    assert checking.found(Rule.REPLAY, ROUTES, off, api=REST + URLS) == []


@pytest.mark.rule("I18")
def test_certificates_are_asked_for_on_custom_domains_only(checking: Checking):
    (finding,) = checking.found(Rule.DEFAULT_ENDPOINT, BOUND, OFF)
    assert "disableExecuteApiEndpoint" in finding.mend
    assert checking.found(Rule.DEFAULT_ENDPOINT, ROUTES, OFF) == []
