"""What an authorizer function may return, read as strictly as API Gateway reads it."""

import json
import marshal
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from apigw_oauth.gateway.policy_conditions import is_known_key, is_known_operator
from apigw_oauth.gateway.redaction import redacted, shown

_TOP_LEVEL = frozenset({"principalId", "policyDocument", "context", "usageIdentifierKey"})
_POLICY = frozenset({"Version", "Id", "Statement"})
_STATEMENT = frozenset({"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"})
_PLAIN_POLICY = frozenset({"Version", "Statement"})
_PLAIN_STATEMENT = frozenset({"Effect", "Action", "Resource"})
_COLLIDING = ("principalId", "integrationLatency")
LONGEST_RESOURCE = 512
LARGEST_RESULT = 8 * 1024
_written = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode  # made once: half of json.dumps


class InvalidAuthorizerResultError(Exception):
    """API Gateway cannot use the answer: the caller gets 500. The message says why, and holds no values."""


class AuthorizerResult(NamedTuple):
    """A usable answer. `context` values are as integrations see them: of REST APIs strings already."""

    principal_id: str
    policy: Mapping[str, Any]
    context: Mapping[str, Any] | None
    notices: tuple[str, ...] = ()


ContextReader = Callable[[dict[str, Any], Iterable[str]], tuple[Mapping[str, Any] | None, list[str]]]


def parse(
    returned: object, credentials: Iterable[str] = (), *, read_context: ContextReader | None = None
) -> AuthorizerResult:
    """Return the answer, or raise InvalidAuthorizerResultError.

    `credentials` are those of the request: no message contains them, even where the function made names of them.
    `read_context` is how other APIs than REST APIs read the context.
    Where nobody has shown what API Gateway does with a form, the strict reading is taken, and the message says
    "not verified on AWS". See "Output from an API Gateway Lambda authorizer" in the API Gateway Developer Guide.
    """
    returned = answer_object(returned, _TOP_LEVEL, credentials)
    if "usageIdentifierKey" in returned and not isinstance(returned["usageIdentifierKey"], str):
        raise InvalidAuthorizerResultError("usageIdentifierKey is not a string (not verified on AWS)")
    document = returned.get("policyDocument")
    brief = _brief(document) if _is_plain(document) else b""
    policy_notices: tuple[str, ...] = ()
    if 0 < len(brief) <= LARGEST_RESULT:
        policy = _seen_before(brief)
    else:
        policy = _policy(document, credentials)
        policy_notices = _identifier_notice(policy)
    context, context_notices = (read_context or _context)(returned, credentials)
    notices = (*policy_notices, *context_notices, *size_notice(returned))
    return AuthorizerResult(_principal(returned), policy, context, notices)


def answer_object(returned: object, known: frozenset[str], credentials: Iterable[str]) -> dict[str, Any]:
    """Return what was returned, if it is an object of these members. Raises InvalidAuthorizerResultError."""
    if returned is None or returned == "":
        raise InvalidAuthorizerResultError("Could not parse policy: the function returned nothing")
    if not isinstance(returned, dict):
        raise InvalidAuthorizerResultError(f"Invalid JSON in response: {kind(returned)} instead of an object")
    if not returned.keys() <= known:
        unknown = _first_unknown(returned, known, credentials)
        raise InvalidAuthorizerResultError(
            f"Invalid JSON in response: Unrecognized field {unknown}, not marked as ignorable"
        )
    return returned


def _principal(returned: dict[str, Any]) -> str:
    principal = returned.get("principalId")
    if not isinstance(principal, str):
        raise InvalidAuthorizerResultError(
            "principalId is missing or not a string (not verified on AWS: always send it)"
        )
    return principal


def _is_plain(policy: object) -> bool:
    """Say whether nobody chose names in a policy: then no message about it needs the credentials."""
    if not isinstance(policy, dict) or policy.keys() != _PLAIN_POLICY:
        return False
    statements = policy["Statement"]
    if not isinstance(statements, list):
        return False
    for statement in statements:
        if not isinstance(statement, dict) or statement.keys() != _PLAIN_STATEMENT:
            return False
    return True


def _brief(value: Any) -> bytes:
    """Return what stands for a value and for no other; nothing for what is nested more deeply than that may be."""
    try:
        return marshal.dumps(value, 0)
    except ValueError:
        return b""


@lru_cache(maxsize=100)
def _seen_before(brief: bytes) -> dict[str, Any]:
    """Return a plain policy. Most answers have one of a few: reading and comparing it again would take 8 µs."""
    return _policy(marshal.loads(brief), ())  # noqa: S302 it was written here, and never received


def _policy(policy: object, credentials: Iterable[str]) -> dict[str, Any]:
    if policy is None:
        raise InvalidAuthorizerResultError("Could not parse policy: policyDocument is missing")
    if not isinstance(policy, dict):
        raise InvalidAuthorizerResultError(
            f"policyDocument is {kind(policy)} instead of an object (not verified on AWS)"
        )
    if not policy.keys() <= _POLICY:
        unknown = _first_unknown(policy, _POLICY, credentials)
        raise InvalidAuthorizerResultError(f"policyDocument: Unrecognized field {unknown} (not verified on AWS)")
    if policy.get("Version") != "2012-10-17":
        raise InvalidAuthorizerResultError('policyDocument: Version is not "2012-10-17" (not verified on AWS)')
    statements = policy.get("Statement")
    if not isinstance(statements, list):
        raise InvalidAuthorizerResultError(
            f"policyDocument: Statement is {kind(statements)} instead of a list (not verified on AWS)"
        )
    checked = [_statement(statement, number, credentials) for number, statement in enumerate(statements, 1)]
    return {**policy, "Statement": checked}


def _identifier_notice(policy: Mapping[str, Any]) -> tuple[str, ...]:
    named = "Id" in policy or any("Sid" in statement for statement in policy["Statement"])
    return ("Id and Sid in an authorizer's policy are not verified on AWS",) if named else ()


def _statement(statement: object, number: int, credentials: Iterable[str]) -> dict[str, Any]:
    if not isinstance(statement, dict):
        raise InvalidAuthorizerResultError(f"statement {number} is {kind(statement)} instead of an object")
    if not statement.keys() <= _STATEMENT:
        unknown = _first_unknown(statement, _STATEMENT, credentials)
        raise InvalidAuthorizerResultError(
            f"statement {number}: Unrecognized field {unknown} (not verified on AWS)"
        )
    effect = statement.get("Effect")
    if not isinstance(effect, str) or effect not in {"Allow", "Deny"}:
        raise InvalidAuthorizerResultError(
            f"statement {number}: Effect is neither Allow nor Deny (not verified on AWS)"
        )
    _element(statement, "Action", "NotAction", number)
    for value in _element(statement, "Resource", "NotResource", number):
        if len(value) > LONGEST_RESOURCE:
            element = "Resource" if "Resource" in statement else "NotResource"
            raise InvalidAuthorizerResultError(
                f"statement {number}: {element} has more than {LONGEST_RESOURCE} characters"
            )
    if "Condition" not in statement:
        return statement
    return {**statement, "Condition": _condition(statement["Condition"], number, credentials)}


def _element(statement: dict[str, Any], name: str, opposite: str, number: int) -> list[str]:
    """Return the values of the one of two elements that a statement has."""
    if (name in statement) == (opposite in statement):
        raise InvalidAuthorizerResultError(f"statement {number} needs either {name} or {opposite}")
    element = name if name in statement else opposite
    value = statement[element]
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidAuthorizerResultError(
            f"statement {number}: {element} is neither a string nor a list of strings"
        )
    return value


def _condition(condition: object, number: int, credentials: Iterable[str]) -> dict[str, Any]:
    """Return the Condition, in which names that mean nothing are redacted: they are told when it is evaluated.

    That may be later, from the cache, when the credentials of this request are no longer known.
    """
    # "Condition": null gives 500 on AWS: aws/aws-lambda-dotnet#2022. {} is accepted.
    if not isinstance(condition, dict) or not all(isinstance(keys, dict) for keys in condition.values()):
        raise InvalidAuthorizerResultError(f"statement {number}: Condition is not an object of objects")
    return {
        operator if is_known_operator(operator) else redacted(operator, credentials): {
            key if is_known_key(key) else redacted(key, credentials): value for key, value in keys.items()
        }
        for operator, keys in condition.items()
    }


def _context(returned: dict[str, Any], credentials: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    context = returned.get("context", {})
    if not isinstance(context, dict):
        raise InvalidAuthorizerResultError(
            f"context is {kind(context)} instead of an object (not verified on AWS)"
        )
    if "claims" in context:
        raise InvalidAuthorizerResultError('context key "claims" is reserved')
    for name in _COLLIDING:
        if name in context:
            raise InvalidAuthorizerResultError(
                f'context key "{name}" is used by API Gateway itself (not verified on AWS)'
            )
    kept = {
        name: value if isinstance(value, str) else _text(name, value, credentials)
        for name, value in context.items()
        if value is not None
    }
    # Authlete's published authorizer sends them with every Allow, and is said by Authlete to work on AWS.
    notice = "null values in the authorizer's context are dropped here (not verified on AWS)"
    return kept, [notice] if len(kept) < len(context) else []


def _text(name: str, value: object, credentials: Iterable[str]) -> str:
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    raise InvalidAuthorizerResultError(
        f"Invalid JSON in response: context key {shown(name, credentials)} is {kind(value)};"
        " strings, numbers and booleans only"
    )


def _first_unknown(found: dict[str, Any], known: frozenset[str], credentials: Iterable[str]) -> str:
    return shown(next(name for name in found if name not in known), credentials)


def size_notice(returned: dict[str, Any]) -> list[str]:
    """Return the notice for an answer that is too large to be safe."""
    # JSON is at most six times as long, for a control character; to see that this is little takes a tenth of it.
    if 0 < len(_brief(returned)) * 6 <= LARGEST_RESULT:
        return []
    size = len(_written(returned).encode("utf-8", "surrogatepass"))
    if size <= LARGEST_RESULT:
        return []
    return [f"the authorizer returned {size} bytes; more than {LARGEST_RESULT} are not safe on AWS"]


def kind(value: object) -> str:
    """Return what sort of JSON value this is, for a message."""
    kinds = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return kinds.get(type(value), "a number")
