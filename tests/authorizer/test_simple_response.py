"""The simple response of an HTTP API: yes or no, and what the backend is told."""

import pytest

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.decision import Decision
from apigw_oauth.authorizer.errors import AnswerTooLargeError, InvalidTokenError
from apigw_oauth.authorizer.iam_policy import MAX_ANSWER_LENGTH
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.simple_response import SimpleResponseWriter
from tests.authorizer.conftest import make_request

ROUTE = Route.parse("GET /pets/{id}")
TOKEN = AccessToken(
    subject="john", client_id="demo", scopes=frozenset({"b", "a"}), expires_at=5.5, claims={"n": [1]}
)


def answer(decision: Decision, *claims: str):
    return SimpleResponseWriter(claims=claims).answer(decision, make_request())


def test_an_allowance_is_true_and_tells_the_backend_strings():
    said = answer(Decision.allow(Reason.AUTHORIZED, (ROUTE,), TOKEN), "sub", "scope", "exp", "n")
    assert said == {
        "isAuthorized": True,
        "context": {"wwwAuthenticate": "Bearer", "sub": "john", "scope": "a b", "exp": "5", "n": "[1]"},
    }


@pytest.mark.parametrize(
    "decision",
    [
        Decision.deny(InvalidTokenError("The access token expired."), (ROUTE,), None),
        Decision.deny(InvalidTokenError("The access token expired."), (ROUTE,), TOKEN),
        Decision.forbid(Reason.UNKNOWN_ROUTE),
    ],
)
def test_a_refusal_is_false(decision):
    assert answer(decision)["isAuthorized"] is False


def test_an_answer_that_api_gateway_may_not_take_is_not_given():
    def told(length: int):
        token = AccessToken(subject="x" * length, client_id="demo", scopes=frozenset())
        return answer(Decision.allow(Reason.AUTHORIZED, (ROUTE,), token), "sub")

    room = MAX_ANSWER_LENGTH - len('{"isAuthorized": true, "context": {"wwwAuthenticate": "Bearer", "sub": ""}}')
    assert len(told(room)["context"]["sub"]) == room
    with pytest.raises(AnswerTooLargeError, match="fewer claims"):
        told(room + 1)
