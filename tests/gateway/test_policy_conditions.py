from typing import Any

import pytest

from apigw_oauth.gateway.policy_evaluator import Evaluation, evaluate
from tests.gateway.fakes import policy

ARN = "arn:aws:execute-api:eu-west-1:123456789012:puhdx84jy9/dev/GET/pets/1"
CONTEXT = {
    "aws:CurrentTime": "2026-11-23T12:00:00Z",
    "aws:EpochTime": "1795435200",
    "aws:SourceIp": "192.0.2.7",
    "aws:UserAgent": "curl/8",
    "aws:SecureTransport": "true",
}


def run(document: dict[str, Any]) -> Evaluation:
    return evaluate(document, action="execute-api:Invoke", resource_arn=ARN, condition_context=CONTEXT)


def effect(document: dict[str, Any]) -> str:
    return run(document).effect


CONDITIONS = [
    ({"StringEquals": {"aws:UserAgent": "curl/8"}}, True),
    ({"StringEquals": {"AWS:useragent": ["x", "curl/8"]}}, True),
    ({"StringEquals": {"aws:UserAgent": "CURL/8"}}, False),
    ({"StringEqualsIgnoreCase": {"aws:UserAgent": "CURL/8"}}, True),
    ({"StringNotEqualsIgnoreCase": {"aws:UserAgent": "CURL/8"}}, False),
    ({"StringNotEquals": {"aws:UserAgent": ["x", "curl/8"]}}, False),
    ({"StringNotEquals": {"aws:UserAgent": ["x", "y"]}}, True),
    ({"StringNotEquals": {"aws:Referer": "x"}}, True),
    ({"StringEquals": {"aws:Referer": "x"}}, False),
    ({"StringEqualsIfExists": {"aws:Referer": "x"}}, True),
    ({"StringEqualsIfExists": {"aws:UserAgent": "x"}}, False),
    ({"StringLike": {"aws:UserAgent": "curl/?"}}, True),
    ({"StringNotLike": {"aws:UserAgent": "curl*"}}, False),
    ({"ForAnyValue:StringLike": {"aws:UserAgent": "curl*"}}, True),
    ({"ForAnyValue:StringLike": {"aws:Referer": "*"}}, False),
    ({"ForAllValues:StringLike": {"aws:Referer": "x"}}, True),
    ({"DateLessThan": {"aws:CurrentTime": "2026-11-23T12:00:01Z"}}, True),
    ({"DateLessThan": {"aws:CurrentTime": "2026-11-23T12:00:00Z"}}, False),
    ({"DateLessThanEquals": {"aws:CurrentTime": "2026-11-23T12:00:00Z"}}, True),
    ({"DateGreaterThan": {"aws:CurrentTime": "2026-11-23T13:59:59+02:00"}}, True),
    ({"DateGreaterThanEquals": {"aws:CurrentTime": "2026-11-23"}}, True),
    ({"DateEquals": {"aws:CurrentTime": 1795435200}}, True),
    ({"DateEquals": {"aws:CurrentTime": "2026-11-23T12:00Z"}}, True),
    ({"DateLessThan": {"aws:CurrentTime": "2026-11-23T12:00:00.001Z"}}, True),
    ({"NumericLessThan": {"aws:EpochTime": 1e16}}, True),
    ({"NumericGreaterThan": {"aws:EpochTime": "-1.5"}}, True),
    ({"StringLike": {"aws:UserAgent": "$*{"}}, False),
    ({"DateNotEquals": {"aws:CurrentTime": "1795435200"}}, False),
    ({"DateLessThanIfExists": {"aws:CurrentTime": "2026-11-23T12:00:01Z"}}, True),
    ({"DateLessThanIfExists": {"aws:CurrentTime": "2026-11-23T11:00:00Z"}}, False),
    ({"NumericLessThan": {"aws:EpochTime": 1795435201}}, True),
    ({"NumericGreaterThanEquals": {"aws:EpochTime": "1795435201"}}, False),
    ({"NumericEquals": {"aws:EpochTime": ["1", "1795435200"]}}, True),
    ({"NumericNotEquals": {"aws:EpochTime": 1}}, True),
    ({"Bool": {"aws:SecureTransport": True}}, True),
    ({"Bool": {"aws:SecureTransport": "false"}}, False),
    ({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}}, True),
    ({"IpAddress": {"aws:SourceIp": "192.0.2.8"}}, False),
    ({"IpAddress": {"aws:SourceIp": "2001:db8::/32"}}, False),
    ({"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, False),
    ({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, True),
    ({"Null": {"aws:Referer": "true"}}, True),
    ({"Null": {"aws:Referer": False}}, False),
    ({"Null": {"aws:UserAgent": "false"}}, True),
    ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::x"}}, False),
    ({"ArnNotLike": {"aws:SourceArn": "arn:aws:s3:::x"}}, True),
    ({}, True),
    ({"StringEquals": {"aws:UserAgent": "curl/8"}, "Bool": {"aws:SecureTransport": "false"}}, False),
    ({"StringEquals": {"aws:UserAgent": "curl/8", "aws:SourceIp": "192.0.2.7"}}, True),
]


@pytest.mark.parametrize(("condition", "expected"), CONDITIONS, ids=str)
def test_conditions(condition: dict[str, Any], expected: bool) -> None:
    found = run(policy("Allow", Condition=condition))
    assert (found.effect == "allow") is expected
    assert found.notices == ()
    assert (effect(policy("Deny", Condition=condition)) == "explicit_deny") is expected


def test_arns_are_compared_part_by_part() -> None:
    context = {"aws:SourceArn": "arn:aws:sns:eu-west-1:1:topic:x"}
    for pattern, expected in (("arn:aws:sns:*:1:topic*", "allow"), ("arn:*:1:topic*:x:y", "implicit_deny")):
        document = policy(Condition={"ArnEquals": {"aws:SourceArn": pattern}})
        found = evaluate(document, action="execute-api:Invoke", resource_arn=ARN, condition_context=context)
        assert found.effect == expected


def test_a_condition_that_does_not_hold_is_enough_whatever_another_one_is() -> None:
    condition = {"StringSimilar": {"aws:UserAgent": "x"}, "StringEquals": {"aws:UserAgent": "x"}}
    assert effect(policy("Deny", Condition=condition)) == "implicit_deny"
