"""Decision → the simple response of an HTTP API: yes or no, for one token on one route.

See "Control access to HTTP APIs with AWS Lambda authorizers" in the API Gateway Developer Guide.
"""

import json
from collections.abc import Sequence
from typing import Any

from apigw_oauth.authorizer import authorizer_context
from apigw_oauth.authorizer.decision import Decision
from apigw_oauth.authorizer.errors import AnswerTooLargeError
from apigw_oauth.authorizer.iam_policy import MAX_ANSWER_LENGTH
from apigw_oauth.authorizer.request import Request


class SimpleResponseWriter:
    """Writes answers that name no route, and do not end with the token: API Gateway keeps them for the whole TTL.

    They hold for one token on one route, so the cache key must have the route in it.
    """

    stage = None  # never an answer for the whole stage

    def __init__(self, *, claims: Sequence[str], resource_metadata: str | None = None) -> None:
        """Set up; `resource_metadata` is an address that each challenge names (RFC 9728 §5.1)."""
        self._claims = claims
        self._resource_metadata = resource_metadata

    def answer(self, decision: Decision, request: Request) -> dict[str, Any]:
        """Print what API Gateway takes for an answer. Raises AnswerTooLargeError."""
        del request
        answer = {
            "isAuthorized": decision.effect == "Allow",
            "context": authorizer_context.build(
                decision.access_token,
                claims=self._claims,
                challenge=decision.challenge._replace(resource_metadata=self._resource_metadata),
                dpop_nonce=decision.dpop_nonce,
            ),
        }
        if len(json.dumps(answer)) > MAX_ANSWER_LENGTH:
            raise AnswerTooLargeError(
                f"the answer exceeds {MAX_ANSWER_LENGTH} bytes: tell the backend fewer claims"
            )
        return answer
