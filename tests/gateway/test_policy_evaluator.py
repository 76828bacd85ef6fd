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
    {"Condition": {"Null": {"aws:Referer": ["true", "perhaps"]}}},
    {"Condition": {"ArnLike": {"aws:UserAgent": "curl"}}},
    # Policy variables: nobody has shown which ones an authorizer's policy has.
    {"Action": "${aws:x}"},
    {"Condition": {"StringEquals": {"aws:UserAgent": "${aws:UserAgent}"}}},
    {"Condition": {"StringEqualsIfExists": {"aws:Referer": ["x", "a${*}"]}}},
    {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::${aws:x}"}}},
    # Of an absent key too.
    {"Condition": {"IpAddress": {"aws:VpcSourceIp": "garbage"}}},
    {"Condition": {"NotIpAddress": {"aws:VpcSourceIp": ["10.0.0.0/8", "garbage"]}}},
    {"Condition": {"ForAllValues:DateLessThan": {"aws:Referer": "tomorrow"}}},
    {"Condition": {"ArnNotLike": {"aws:SourceArn": "bucket"}}},
    # What Python reads and IAM has no such form for.
    {"Condition": {"DateLessThan": {"aws:CurrentTime": "2026-W50"}}},
    {"Condition": {"DateLessThan": {"aws:CurrentTime": "20261124"}}},
    {"Condition": {"DateLessThan": {"aws:CurrentTime": 20261124}}},
    {"Condition": {"DateLessThan": {"aws:CurrentTime": "20261124T000000Z"}}},
    {"Condition": {"DateLessThan": {"aws:CurrentTime": "2026-11-24 00:00:00Z"}}},
    {"Condition": {"DateLessThan": {"aws:CurrentTime": "2026-11-24T00:00:00"}}},
    {"Condition": {"DateLessThan": {"aws:CurrentTime": "2026-13-01"}}},
    {"Condition": {"DateLessThan": {"aws:CurrentTime": 1795453201000}}},
    {"Condition": {"DateLessThan": {"aws:CurrentTime": "2026-11-24T00:00:00Z\n"}}},
    {"Condition": {"DateLessThan": {"aws:CurrentTime": "١٧٩٥٤٥٣٢٠١"}}},
    {"Condition": {"NumericLessThan": {"aws:EpochTime": "1_795_453_201"}}},
    {"Condition": {"NumericLessThan": {"aws:EpochTime": " 1795453201 "}}},
    {"Condition": {"NumericLessThan": {"aws:EpochTime": "١٧٩٥٤٥٣٢٠١"}}},
    {"Condition": {"NumericLessThan": {"aws:EpochTime": "1e999"}}},
    {"Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/0.0.0.255"}}},
    {"Condition": {"NumericLessThan": {"aws:UserAgent": "5"}}},
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
