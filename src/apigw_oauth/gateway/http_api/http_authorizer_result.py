"""What the authorizer function of an HTTP API may return: a policy, or a simple response."""

from collections.abc import Iterable, Mapping
from typing import Any

from apigw_oauth.gateway import authorizer_result
from apigw_oauth.gateway.authorizer_result import AuthorizerResult, InvalidAuthorizerResultError, kind

_SIMPLE = frozenset({"isAuthorized", "context"})


def read_policy(returned: object, credentials: Iterable[str] = ()) -> AuthorizerResult:
    """Return the answer of an authorizer without simple responses. Raises InvalidAuthorizerResultError.

    It is read as strictly as that of a REST API; nobody has shown how strict HTTP APIs are. The context may hold
    any JSON.
    """
    if isinstance(returned, dict) and "isAuthorized" in returned:
        raise InvalidAuthorizerResultError(
            "it is a simple response, but simple responses are off: switch them on, or return principalId and"
            " policyDocument"
        )
    return authorizer_result.parse(returned, credentials, read_context=_context)


def read_simple(returned: object, credentials: Iterable[str] = ()) -> AuthorizerResult:
    """Return the answer of an authorizer with simple responses. Raises InvalidAuthorizerResultError.

    It becomes the policy that allows or denies everything: kept in the cache, it holds for every route.
    """
    if isinstance(returned, dict) and "policyDocument" in returned:
        raise InvalidAuthorizerResultError(
            "it is a policy, but simple responses are on: switch them off, or return isAuthorized"
        )
    found = authorizer_result.answer_object(returned, _SIMPLE, credentials)
    allowed = found.get("isAuthorized")
    if not isinstance(allowed, bool):
        what = f"{kind(allowed)} instead of a boolean" if "isAuthorized" in found else "missing"
        raise InvalidAuthorizerResultError(f"isAuthorized is {what} (not verified on AWS)")
    context, notices = _context(found, credentials)
    policy = _everything("Allow" if allowed else "Deny")
    return AuthorizerResult("", policy, context, (*notices, *authorizer_result.size_notice(found)))


def _everything(effect: str) -> dict[str, Any]:
    statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _context(found: dict[str, Any], _credentials: Iterable[str]) -> tuple[Mapping[str, Any] | None, list[str]]:
    context = found.get("context", {})
    if not isinstance(context, dict):
        raise InvalidAuthorizerResultError(
            f"context is {kind(context)} instead of an object (not verified on AWS)"
        )
    return context or None, []
