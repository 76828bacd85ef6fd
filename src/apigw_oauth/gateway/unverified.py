"""What a request or a policy touches of which nobody has shown what AWS does."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from apigw_oauth.gateway.rest_request import RestRequest

_SPELLINGS = {
    "%": "percent-encoding",
    "*": "a literal *",
    ":": "a colon",
    "//": "a double slash",
}


def in_request(request: RestRequest, *, authorized: bool) -> list[str]:
    """Return the notices for a request. They name the kind of thing, never the path."""
    notices = []
    if request.handed_on.overrides_method:
        notices.append(
            "X-HTTP-Method-Override is ignored here; API Gateway honours it, how is not verified on AWS"
        )
    if authorized:
        notices += _in_path(request.target.path, request.target.stage_path, request.api.stage)
    return notices


@lru_cache(maxsize=1_000)  # 1 thousand instructions instead of 9
def _in_path(path: str, stage_path: str, stage: str) -> tuple[str, ...]:
    found = [what for sign, what in _SPELLINGS.items() if sign in path]
    if len(path) > 1 and path.endswith("/"):
        found.append("a trailing slash")
    if stage_path.removeprefix(f"/{stage}").startswith("//"):
        found.append("a double slash after the stage")
    return tuple(f"the method ARN of a path with {what} is not verified on AWS; here it is raw" for what in found)


def in_policy(policy: Mapping[str, Any]) -> list[str]:
    """Return the notices for a policy that was parsed.

    A condition with `IfExists` gets none: it is written for both answers.
    """
    operators = {name for statement in policy["Statement"] for name in statement.get("Condition", {})}
    if all(name.endswith("IfExists") for name in operators):
        return []
    return ["a Condition in an authorizer's policy is honoured here; that it is on AWS is not verified"]
