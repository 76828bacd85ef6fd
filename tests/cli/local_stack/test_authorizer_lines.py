"""Which lines of the authorizer are worth showing on the developer's own machine."""

import pytest

from apigw_oauth.cli.local_stack.local_api import is_news

DECISION = {"level": "info", "effect": "Allow", "reason": "authorized"}
PLAIN = {"level": "warning", "message": "authlete.base_url is http:// on this machine: for development only"}
HOOK = {
    "level": "warning",
    "message": "on_decision: telemetry.py:f failed: ValueError in telemetry.py:2; this is said once",
}
CIRCUIT = {"level": "warning", "circuit": "open", "verifier": "authlete", "opened_for": 5, "message": "x"}
COUNTED = {"_aws": {}, "FunctionName": "local", "Decisions": 1}


@pytest.mark.parametrize(
    ("line", "local", "elsewhere"),
    [
        (DECISION, True, True),
        (PLAIN, False, True),
        (HOOK, True, True),
        (CIRCUIT, True, True),
        (COUNTED, False, False),
    ],
    ids=["a decision", "plain HTTP", "a hook that fails", "a circuit", "for CloudWatch"],
)
def test_what_the_developer_knows_already_is_not_shown(line, local, elsewhere):
    assert is_news(line, local=True) == local
    assert is_news(line, local=False) == elsewhere
