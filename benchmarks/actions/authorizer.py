"""From an event, as the runtime client has parsed it, to the answer: the whole handler, its log included.

Lines of the log are written to standard output, as in Lambda; here that is /dev/null.
"""

import itertools
import json
from typing import Any

from apigw_oauth.authorizer.lambda_handler import make_handler


class _Context:
    aws_request_id = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"


class Action:
    """One Lambda environment."""

    def __init__(self, material: dict[str, Any]) -> None:
        self._handler = make_handler(material["settings"])
        self._texts = itertools.cycle(material["events"])
        self._context = _Context()
        for text in material["events"][:1]:  # what is done only once
            self._handler(json.loads(text), self._context)

    def inputs(self, times: int) -> list[Any]:
        """Return events, each of which is used once: nothing about it is known already."""
        return [json.loads(text) for text in itertools.islice(self._texts, times)]

    def once(self, event: Any) -> Any:
        """Answer an event."""
        return self._handler(event, self._context)

    def is_right(self, answer: Any) -> bool:
        """Say whether the answer allows the request."""
        if "isAuthorized" in answer:
            return answer["isAuthorized"] is True
        return bool(answer["policyDocument"]["Statement"][0]["Effect"] == "Allow")
