import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apigw_oauth.gateway.authorizer_result import InvalidAuthorizerResultError, parse
from apigw_oauth.gateway.policy_evaluator import evaluate
from tests.gateway.fakes import answer, policy


def test_context_values_become_strings() -> None:
    found = parse(answer(context={"s": "x", "i": 1, "f": 1.5, "t": True, "f2": False, "e": ""}))
    assert found.context == {"s": "x", "i": "1", "f": "1.5", "t": "true", "f2": "false", "e": ""}
    assert found.notices == ()


@pytest.mark.parametrize("more", [{}, {"context": {}}, {"usageIdentifierKey": "k"}, {"principalId": ""}])
def test_what_is_accepted(more: dict[str, Any]) -> None:
    assert parse(answer() | more).policy == policy()


@pytest.mark.parametrize("statement", [{"Condition": {}}, {"Resource": []}, {"Action": ["a", "b"]}])
def test_statements_that_are_accepted(statement: dict[str, Any]) -> None:
    document = policy()
    document["Statement"][0] |= statement
    parse(answer() | {"policyDocument": document})


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ({"effect": "Allow"}, 'Unrecognized field "effect"'),
        ({"Principal": "*"}, 'Unrecognized field "Principal"'),
        ({"NotResource": "x"}, "either Resource or NotResource"),
        ({"Action": {}}, "Action is neither a string nor a list of strings"),
        ({"Condition": []}, "Condition is not an object"),
        ({"Condition": {"StringEquals": "x"}}, "Condition is not an object"),
        ({"Effect": None}, "Effect"),
        ({"Effect": ["Allow"]}, "Effect"),
    ],
)
def test_statements_that_are_not(statement: dict[str, Any], message: str) -> None:
    document = policy()
    document["Statement"][0] |= statement
    with pytest.raises(InvalidAuthorizerResultError, match=message):
        parse(answer() | {"policyDocument": document})


def test_an_unknown_key_is_named_as_api_gateway_names_it() -> None:
    with pytest.raises(
        InvalidAuthorizerResultError, match='Unrecognized field "errorType", not marked as ignorable'
    ):
        parse(answer(errorType="x"))


def test_a_large_answer_and_a_sid_get_a_notice_only() -> None:
    document = policy(Sid="x")
    found = parse(answer(context={"a": "x" * 9000}) | {"policyDocument": document})
    assert len(found.notices) == 2


def test_null_context_values_are_dropped_with_a_notice() -> None:
    # As Authlete's published authorizer sends them with every Allow.
    found = parse(answer(context={"a": "1", "introspectionRequest": None}))
    assert found.context == {"a": "1"}
    assert [notice for notice in found.notices if "not verified on AWS" in notice]


SECRET = "Bearer " + "s3cr3t" * 30


@pytest.mark.parametrize(
    "returned",
    [
        {SECRET: 1},
        answer(context={SECRET: []}),
        answer() | {"policyDocument": policy() | {SECRET: 1}},
        answer() | {"policyDocument": policy(**{SECRET: "x"})},
    ],
    ids=["member", "context key", "policy member", "statement member"],
)
def test_names_that_hold_a_credential_are_redacted(returned: dict[str, Any]) -> None:
    with pytest.raises(InvalidAuthorizerResultError) as caught:
        parse(returned, (SECRET,))
    assert "[redacted]" in str(caught.value)
    assert "s3cr3t" not in str(caught.value)


def test_names_in_a_condition_are_redacted_before_the_policy_is_kept() -> None:
    condition = {SECRET: {"aws:UserAgent": "x"}, "StringEquals": {SECRET: "x", "aws:UserAgent": "x"}}
    found = parse(answer() | {"policyDocument": policy(Condition=condition)}, (SECRET, "String", "aws:"))
    evaluation = evaluate(found.policy, action="execute-api:Invoke", resource_arn="arn", condition_context={})
    assert "s3cr3t" not in str(found) + str(evaluation.notices)
    # What means something stays, whatever credential it happens to contain.
    kept = found.policy["Statement"][0]["Condition"]
    assert kept == {
        "[redacted]": {"aws:UserAgent": "x"},
        "StringEquals": {"[redacted]": "x", "aws:UserAgent": "x"},
    }


def test_messages_hold_no_values() -> None:
    secret = "s3cr3t"
    with pytest.raises(InvalidAuthorizerResultError) as caught:
        parse(answer(context={"a": [secret]}))
    assert secret not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
KEYS = st.sampled_from(["principalId", "policyDocument", "context", "usageIdentifierKey", "Statement", "x"])


STATEMENTS = st.dictionaries(
    st.sampled_from(["Effect", "Action", "Resource", "NotAction", "NotResource", "Condition", "Sid"]),
    JSON | st.sampled_from(["Allow", "Deny", "*"]),
)
POLICIES = st.builds(lambda statements: policy() | {"Statement": statements}, st.lists(STATEMENTS, max_size=2))


RESULTS = st.builds(lambda one: answer() | {"policyDocument": one}, POLICIES)


@settings(deadline=None)
@given(JSON | st.dictionaries(KEYS, JSON | st.just(policy())) | RESULTS)
def test_anything_is_either_usable_or_refused(returned: object) -> None:
    try:
        found = parse(json.loads(json.dumps(returned)))
    except InvalidAuthorizerResultError:
        return
    assert isinstance(found.principal_id, str)
    assert all(isinstance(value, str) for value in (found.context or {}).values())
    evaluate(found.policy, action="execute-api:Invoke", resource_arn="arn", condition_context={})
