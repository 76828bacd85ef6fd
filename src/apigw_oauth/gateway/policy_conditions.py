"""The Condition element of an IAM policy."""

import math
import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Any

from apigw_oauth.gateway.glob_match import glob_match
from apigw_oauth.gateway.redaction import shown

# See "API Gateway condition keys for resource policies"; that they work in an authorizer's policy is not verified.
KNOWN_KEYS = frozenset(
    {
        "aws:currenttime", "aws:epochtime", "aws:referer", "aws:securetransport", "aws:sourcearn", "aws:sourceip",
        "aws:sourcevpc", "aws:sourcevpce", "aws:useragent", "aws:vpcsourceip",
    }
)  # fmt: skip

# A value of the policy, once read, is a test of the request's value. Both readings may raise ValueError.
Test = Callable[[str], bool]
Read = Callable[[str], Test]

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
# Seconds since the epoch. Fewer digits are more likely a date without its dashes, more are milliseconds.
_EPOCH = re.compile(r"[0-9]{9,11}")
# See "Date and Time Formats", W3C NOTE-datetime: a time needs its zone.
_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2}))?"
)
_NETWORK = re.compile(r"[0-9A-Fa-f.:]+(/[0-9]{1,3})?")


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise ValueError("not a number")
    return float(text)


def _date(text: str) -> float:
    if _EPOCH.fullmatch(text):
        return float(text)
    if not _DATE.fullmatch(text):
        raise ValueError("not a date")
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _bool(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError("neither true nor false")
    return text.lower() == "true"


def _arn_like(pattern: str) -> Test:
    # Each of the six parts of an ARN is compared by itself.
    patterns = pattern.split(":", 5)
    if len(patterns) != 6:
        raise ValueError("not an ARN")

    def matches(actual: str) -> bool:
        parts = actual.split(":", 5)
        return len(parts) == len(patterns) and all(map(glob_match, patterns, parts))

    return matches


def _compared(parse: Callable[[str], object], compare: Callable[[Any, Any], bool]) -> Read:
    def read(wanted: str) -> Test:
        parsed = parse(wanted)
        return lambda actual: compare(parse(actual), parsed)

    return read


def _ordered(parse: Callable[[str], float]) -> dict[str, tuple[Read, bool]]:
    """Return the six comparisons of numbers or dates; True marks the negated one."""
    return {
        "Equals": (_compared(parse, operator.eq), False),
        "NotEquals": (_compared(parse, operator.eq), True),
        "LessThan": (_compared(parse, operator.lt), False),
        "LessThanEquals": (_compared(parse, operator.le), False),
        "GreaterThan": (_compared(parse, operator.gt), False),
        "GreaterThanEquals": (_compared(parse, operator.ge), False),
    }


_same = _compared(str, operator.eq)
_same_folded = _compared(str.casefold, operator.eq)


def _like(pattern: str) -> Test:
    return lambda actual: glob_match(pattern, actual)


def _in_network(text: str) -> Test:
    if not _NETWORK.fullmatch(text):
        raise ValueError("not an address or a network")
    network = ip_network(text, strict=False)
    return lambda actual: ip_address(actual) in network


# Operator → how to read a value, and whether the operator is the negation of that.
OPERATORS: Mapping[str, tuple[Read, bool]] = {
    "StringEquals": (_same, False),
    "StringNotEquals": (_same, True),
    "StringEqualsIgnoreCase": (_same_folded, False),
    "StringNotEqualsIgnoreCase": (_same_folded, True),
    "StringLike": (_like, False),
    "StringNotLike": (_like, True),
    **{f"Numeric{name}": operator for name, operator in _ordered(_number).items()},
    **{f"Date{name}": operator for name, operator in _ordered(_date).items()},
    "Bool": (_compared(_bool, operator.eq), False),
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
    for name, keys in condition.items():
        if not isinstance(keys, dict):
            notices[f"condition operator {shown(name)}: not an object"] = None
            answers.append(None)
            continue
        for key, wanted in keys.items():
            answer = _holds(name, key, wanted, present)
            if isinstance(answer, str):
                told = f"condition {shown(name)} {shown(key)}: {answer}; it allows nothing and denies always"
                notices[told] = None
            answers.append(None if isinstance(answer, str) else answer)
    if False in answers:
        return False
    return None if None in answers else True


def _holds(operator_name: str, key: str, wanted: object, present: Mapping[str, str]) -> bool | str:
    """Return the answer, or the reason why there is none."""
    values = _texts(wanted)
    if values is None:
        return "the value is not a string, a number, a boolean or a list of them"
    if any("${" in value for value in values):
        return "policy variables (${…}) are not evaluated"
    if not is_known_key(key):
        return "API Gateway is not known to supply this key"
    if not is_known_operator(operator_name):
        return "this operator is unknown here"
    try:
        return _compare(operator_name, values, present.get(key.lower()))
    except ValueError:
        return "a value cannot be parsed"


def _compare(operator_name: str, values: list[str], actual: str | None) -> bool:
    if operator_name == "Null":
        return (actual is None) in [_bool(value) for value in values]
    name, if_missing = _plain_operator(operator_name)
    read, negated = OPERATORS[name]
    # All are read, also when the key is absent: a value that cannot be read must not pass for one that differs.
    tests = [read(value) for value in values]
    if actual is None:
        return negated if if_missing is None else if_missing
    return any(test(actual) for test in tests) != negated


def is_known_key(name: str) -> bool:
    """Say whether this is a condition key that API Gateway documents."""
    return name.lower() in KNOWN_KEYS


def is_known_operator(name: str) -> bool:
    """Say whether this condition operator can be evaluated."""
    return name == "Null" or _plain_operator(name)[0] in OPERATORS


def _plain_operator(operator_name: str) -> tuple[str, bool | None]:
    """Return the operator without its prefix and suffix, and what they make of a missing key."""
    name, if_missing = operator_name, None
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
