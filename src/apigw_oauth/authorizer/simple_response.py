"""Decision → the simple response of an HTTP API: yes or no, for one token on one route.

See "Control access to HTTP APIs with AWS Lambda authorizers" in the API Gateway Developer Guide.
"""

from collections.abc import Sequence
from typing import Any

from apigw_oauth.authorizer import authorizer_context
from apigw_oauth.authorizer.challenge import Challenge
from apigw_oauth.authorizer.decision import Decision
from apigw_oauth.authorizer.iam_policy import require_room
from apigw_oauth.authorizer.request import Request


class SimpleResponseWriter:
    """Writes answers that name no route, and do not end with the token: API Gateway keeps them for the whole TTL.

    They hold for one token on one route, so the cache key must have the route in it.
    """

    stage = None  # never an answer for the whole stage

    def __init__(self, *, claims: Sequence[str], resource_metadata: str | None = None) -> None:
        """Set up; `resource_metadata` is an address that each challenge names (RFC 9728 §5.1)."""
        self._claims = authorizer_context.named(claims)
        self._resource_metadata = resource_metadata
        self._of_allow = str(Challenge(resource_metadata=resource_metadata))

    def answer(self, decision: Decision, request: Request) -> dict[str, Any]:
        """Print what API Gateway takes for an answer. Raises AnswerTooLargeError."""
        del request
        is_allowed = decision.effect == "Allow"
        context = authorizer_context.build(
            decision.access_token,
            claims=self._claims,
            challenge=self._of_allow
            if is_allowed
            else decision.challenge._replace(resource_metadata=self._resource_metadata),
            dpop_nonce=decision.dpop_nonce,
        )
        answer = {"isAuthorized": is_allowed, "context": context}
        require_room(answer, len('{"isAuthorized": false, "context": {}}'), context=context)
        return answer
