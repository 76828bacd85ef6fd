from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


def run(document: dict[str, Any], *, action: str = "execute-api:Invoke", arn: str = ARN) -> Evaluation:
    return evaluate(document, action=action, resource_arn=arn, condition_context=CONTEXT)


def effect(document: dict[str, Any]) -> str:
    return run(document).effect


def both(*documents: dict[str, Any]) -> dict[str, Any]:
    return {"Statement": [statement for document in documents for statement in document["Statement"]]}


def test_a_deny_beats_an_allow_wherever_it_stands() -> None:
    allow, deny = policy("Allow", "*"), policy("Deny", ARN)
    assert effect(allow) == "allow"
    assert effect(both(allow, deny)) == effect(both(deny, allow)) == "explicit_deny"


def test_nothing_said_is_an_implicit_deny() -> None:
    assert effect({"Statement": []}) == "implicit_deny"
    assert effect(policy("Allow", [])) == "implicit_deny"
    assert effect(policy("Deny", "arn:aws:execute-api:other")) == "implicit_deny"


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (ARN, True),
        ("*", True),
        ("arn:aws:execute-api:*:*:puhdx84jy9/dev/GET/pets/*", True),
        ("arn:aws:execute-api:*/GET/pets/?", True),
        (["nothing", ARN], True),
        ("arn:aws:execute-api:*:*:puhdx84jy9/dev/get/pets/*", False),
        (ARN + "/", False),
        (ARN[:-1], False),
    ],
)
def test_resources(resource: object, expected: bool) -> None:
    assert (effect(policy("Allow", resource)) == "allow") is expected


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("execute-api:Invoke", True),
        ("EXECUTE-API:invoke", True),
        ("execute-api:*", True),
        ("*", True),
        (["s3:Get", "execute-api:Inv*"], True),
        ("execute-api:InvalidateCache", False),
        ("execute-api:ManageConnections", False),
        ("lambda:InvokeFunction", False),
    ],
)
def test_actions(action: object, expected: bool) -> None:
    assert (effect(policy(Action=action)) == "allow") is expected


def test_not_action_and_not_resource_are_negations_and_noticed() -> None:
    statement: dict[str, Any] = {"Effect": "Allow", "NotAction": "s3:*", "NotResource": "arn:aws:s3:*"}
    found = run({"Statement": [statement]})
    assert found.effect == "allow"
    assert len(found.notices) == 2
    assert effect({"Statement": [statement | {"NotAction": "execute-api:*"}]}) == "implicit_deny"
    assert effect({"Statement": [statement | {"NotResource": [ARN]}]}) == "implicit_deny"


BROKEN = [
    {"Action": None},
    {"Action": 1},
    {"Resource": "arn:aws:execute-api:${aws:x}"},
    {"Condition": None},
    {"Condition": {"StringEquals": None}},
    {"Condition": {"StringSimilar": {"aws:UserAgent": "x"}}},
    {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "x"}}},
    {"Condition": {"StringEqualsIfExists": {"aws:PrincipalOrgID": "x"}}},
    {"Condition": {"DateLessThan": {"aws:CurrentTime": "tomorrow"}}},
    {"Condition": {"DateLessThan": {"aws:CurrentTime": "9" * 400}}},
    {"Condition": {"NumericLessThan": {"aws:EpochTime": "many"}}},
    {"Condition": {"NumericLessThan": {"aws:EpochTime": "nan"}}},
    {"Condition": {"IpAddress": {"aws:SourceIp": "300.0.0.1"}}},
    {"Condition": {"IpAddress": {"aws:SourceIp": ["192.0.2.7", "nonsense"]}}},
    {"Condition": {"Bool": {"aws:SecureTransport": "perhaps"}}},
    {"Condition": {"Null": {"aws:Referer": "perhaps"}}},
    {"Condition": {"ArnLike": {"aws:UserAgent": "curl"}}},
    {"Condition": {"StringEquals": {"aws:UserAgent": []}}},
    {"Condition": {"StringEquals": {"aws:UserAgent": None}}},
]


@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_what_cannot_be_evaluated_allows_nothing_denies_always_and_is_told(broken: dict[str, Any]) -> None:
    for how, expected in (("Allow", "implicit_deny"), ("Deny", "explicit_deny")):
        document = policy(how)
        document["Statement"][0] |= broken
        found = run(document)
        assert found.effect == expected
        assert found.notices


def test_a_statement_without_action_or_effect_cannot_allow() -> None:
    assert effect({"Statement": [{"Effect": "Allow", "Resource": "*"}]}) == "implicit_deny"
    assert effect({"Statement": [{"Effect": "deny", "Action": "*", "Resource": "*"}]}) == "explicit_deny"
    assert effect({"Statement": ["Allow"]}) == "implicit_deny"
    assert effect({}) == "implicit_deny"


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


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ELEMENTS = st.sampled_from(["Effect", "Action", "Resource", "NotAction", "NotResource", "Condition"])


@settings(deadline=None)
@given(st.lists(st.dictionaries(ELEMENTS, ANYTHING), max_size=3), ANYTHING)
def test_nonsense_never_raises_and_only_an_allow_allows(statements: list[dict[str, Any]], other: object) -> None:
    run({"Statement": other})
    found = run({"Statement": statements})
    if not any(statement.get("Effect") == "Allow" for statement in statements):
        assert found.effect != "allow"


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["Allow", "Deny"]), st.sampled_from([ARN, "*", "x", "arn:*"])), max_size=5)
)
def test_the_order_of_statements_does_not_matter(pairs: list[tuple[str, str]]) -> None:
    documents = [policy(how, resource) for how, resource in pairs]
    matching = {how for how, resource in pairs if resource != "x"}
    expected = "explicit_deny" if "Deny" in matching else "allow" if "Allow" in matching else "implicit_deny"
    assert effect(both(*documents)) == effect(both(*reversed(documents))) == expected
