"""The Condition element of an IAM policy."""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network

from apigw_oauth.gateway.glob_match import glob_match

# See "API Gateway condition keys for resource policies"; that they work in an authorizer's policy is not verified.
KNOWN_KEYS = frozenset(
    {
        "aws:currenttime", "aws:epochtime", "aws:referer", "aws:securetransport", "aws:sourcearn", "aws:sourceip",
        "aws:sourcevpc", "aws:sourcevpce", "aws:useragent", "aws:vpcsourceip",
    }
)  # fmt: skip

Compare = Callable[[str, str], bool]


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("not a number")
    return number


def _date(text: str) -> float:
    if text.isascii() and text.isdecimal():
        return _number(text)
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _bool(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError("neither true nor false")
    return text.lower() == "true"


def _arn_like(actual: str, pattern: str) -> bool:
    # Each of the six parts of an ARN is compared by itself.
    parts, patterns = actual.split(":", 5), pattern.split(":", 5)
    if len(patterns) != 6:
        raise ValueError("not an ARN")
    return len(parts) == len(patterns) and all(map(glob_match, patterns, parts))


def _ordered(parse: Callable[[str], float]) -> dict[str, tuple[Compare, bool]]:
    """Return the six comparisons of numbers or dates; True marks the negated one."""
    return {
        "Equals": (lambda actual, wanted: parse(actual) == parse(wanted), False),
        "NotEquals": (lambda actual, wanted: parse(actual) == parse(wanted), True),
        "LessThan": (lambda actual, wanted: parse(actual) < parse(wanted), False),
        "LessThanEquals": (lambda actual, wanted: parse(actual) <= parse(wanted), False),
        "GreaterThan": (lambda actual, wanted: parse(actual) > parse(wanted), False),
        "GreaterThanEquals": (lambda actual, wanted: parse(actual) >= parse(wanted), False),
    }


def _same(actual: str, wanted: str) -> bool:
    return actual == wanted


def _same_folded(actual: str, wanted: str) -> bool:
    return actual.casefold() == wanted.casefold()


def _like(actual: str, pattern: str) -> bool:
    return glob_match(pattern, actual)


def _in_network(actual: str, network: str) -> bool:
    return ip_address(actual) in ip_network(network, strict=False)


# Operator → how to compare, and whether it is the negation of that.
OPERATORS: Mapping[str, tuple[Compare, bool]] = {
    "StringEquals": (_same, False),
    "StringNotEquals": (_same, True),
    "StringEqualsIgnoreCase": (_same_folded, False),
    "StringNotEqualsIgnoreCase": (_same_folded, True),
    "StringLike": (_like, False),
    "StringNotLike": (_like, True),
    **{f"Numeric{name}": operator for name, operator in _ordered(_number).items()},
    **{f"Date{name}": operator for name, operator in _ordered(_date).items()},
    "Bool": (lambda actual, wanted: _bool(actual) == _bool(wanted), False),
    "IpAddress": (_in_network, False),
    "NotIpAddress": (_in_network, True),
    "ArnEquals": (_arn_like, False),
    "ArnLike": (_arn_like, False),
    "ArnNotEquals": (_arn_like, True),
    "ArnNotLike": (_arn_like, True),
}


def conditions_match(condition: object, context: Mapping[str, str], notices: dict[str, None]) -> bool | None:
    """Say whether every condition holds; None where it cannot be told, which `notices` then explain."""
    if not isinstance(condition, dict):
        notices["Condition of a policy statement is not an object"] = None
        return None
    present = {name.lower(): value for name, value in context.items()}
    answers: list[bool | None] = []
    for operator, keys in condition.items():
        if not isinstance(keys, dict):
            notices[f"condition operator {operator}: not an object"] = None
            answers.append(None)
            continue
        for key, wanted in keys.items():
            answer = _holds(operator, key, wanted, present)
            if isinstance(answer, str):
                notices[f"condition {operator} {key}: {answer}; it allows nothing and denies always"] = None
            answers.append(None if isinstance(answer, str) else answer)
    if False in answers:
        return False
    return None if None in answers else True


def _holds(operator: str, key: str, wanted: object, present: Mapping[str, str]) -> bool | str:
    """Return the answer, or the reason why there is none."""
    values = _texts(wanted)
    if values is None:
        return "the value is not a string, a number, a boolean or a list of them"
    if key.lower() not in KNOWN_KEYS:
        return "API Gateway is not known to supply this key"
    actual = present.get(key.lower())
    try:
        if operator == "Null":
            return any(_bool(value) == (actual is None) for value in values)
        name, if_missing = _plain_operator(operator)
        if name not in OPERATORS:
            return "this operator is unknown here"
        compare, negated = OPERATORS[name]
        if actual is None:
            return negated if if_missing is None else if_missing
        return any([compare(actual, value) for value in values]) != negated  # noqa: C419 every value must parse
    except ValueError:
        return "a value cannot be parsed"


def _plain_operator(operator: str) -> tuple[str, bool | None]:
    """Return the operator without its prefix and suffix, and what they make of a missing key."""
    name, if_missing = operator, None
    if name.startswith("ForAllValues:"):
        name, if_missing = name.removeprefix("ForAllValues:"), True
    elif name.startswith("ForAnyValue:"):
        name, if_missing = name.removeprefix("ForAnyValue:"), False
    if name.endswith("IfExists"):
        name, if_missing = name.removesuffix("IfExists"), True
    return name, if_missing


def _texts(wanted: object) -> list[str] | None:
    values = wanted if isinstance(wanted, list) else [wanted]
    if not values or not all(isinstance(value, str | bool | int | float) for value in values):
        return None
    return [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
