import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apigw_oauth.gateway.authorizer_result import AuthorizerResult, InvalidAuthorizerResultError
from apigw_oauth.gateway.http_api.http_authorizer_result import read_policy, read_simple
from apigw_oauth.gateway.policy_evaluator import evaluate
from tests.gateway.fakes import answer, policy

ARN = "arn:aws:execute-api:eu-west-1:123456789012:lsw1ro4ipb/$default/GET/x"
CONTEXT = {"s": "x", "n": 1.5, "b": True, "l": ["a", {"k": 1}], "m": {"k": None}, "z": None, "claims": {}}


def effect(result: AuthorizerResult) -> str:
    return evaluate(result.policy, action="execute-api:Invoke", resource_arn=ARN, condition_context={}).effect


@pytest.mark.parametrize(("allowed", "meaning"), [(True, "allow"), (False, "explicit_deny")])
def test_a_simple_response_allows_or_denies_everything(allowed: bool, meaning: str) -> None:
    result = read_simple({"isAuthorized": allowed})
    assert (effect(result), result.context, result.notices) == (meaning, None, ())


def test_the_context_may_hold_any_json() -> None:
    assert read_simple({"isAuthorized": True, "context": CONTEXT}).context == CONTEXT
    assert read_policy(answer(context=CONTEXT)).context == CONTEXT


@pytest.mark.parametrize("more", [{}, {"context": {}}])
def test_no_context_and_an_empty_one_are_the_same(more: dict[str, Any]) -> None:
    assert read_simple({"isAuthorized": True, **more}).context is None
    assert read_policy(answer(**more)).context is None


def test_a_policy_is_kept_as_it_is() -> None:
    result = read_policy(answer("Deny"))
    assert (result.policy, result.principal_id) == (policy("Deny"), "user")


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (None, "returned nothing"),
        ([], "a list instead of an object"),
        (True, "a boolean instead of an object"),
        ({}, "isAuthorized is missing"),
        ({"isAuthorized": "true"}, "isAuthorized is a string instead of a boolean"),
        ({"isAuthorized": 1}, "isAuthorized is a number"),
        ({"isAuthorized": None}, "isAuthorized is null"),
        ({"isAuthorized": True, "principalId": "x"}, 'Unrecognized field "principalId"'),
        ({"isAuthorized": True, "errorMessage": "x"}, 'Unrecognized field "errorMessage"'),
        ({"isAuthorized": True, "context": []}, "context is a list"),
        ({"isAuthorized": True, "context": None}, "context is null"),
        (answer(), "it is a policy, but simple responses are on"),
        (answer(isAuthorized=True), "it is a policy, but simple responses are on"),
    ],
    ids=str,
)
def test_what_is_not_a_simple_response(returned: object, message: str) -> None:
    with pytest.raises(InvalidAuthorizerResultError, match=message):
        read_simple(returned)


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (None, "returned nothing"),
        ({"isAuthorized": True}, "it is a simple response, but simple responses are off"),
        (answer(isAuthorized=True), "it is a simple response, but simple responses are off"),
        (answer(errorType="x"), 'Unrecognized field "errorType"'),
        (answer(principalId=None), "principalId is missing"),
        (answer(context="x"), "context is a string"),
        (answer(policyDocument=None), "policyDocument is missing"),
    ],
    ids=str,
)
def test_what_is_not_a_policy(returned: object, message: str) -> None:
    with pytest.raises(InvalidAuthorizerResultError, match=message):
        read_policy(returned)


def test_names_that_hold_a_credential_are_redacted() -> None:
    for read in (read_simple, read_policy):
        with pytest.raises(InvalidAuthorizerResultError) as caught:
            read({"Bearer s3cr3t": 1}, ("Bearer s3cr3t",))
        assert "[redacted]" in str(caught.value)
        assert "s3cr3t" not in str(caught.value)


def test_a_large_answer_gets_a_notice_only() -> None:
    assert len(read_simple({"isAuthorized": True, "context": {"a": "x" * 9000}}).notices) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
KEYS = st.sampled_from(["isAuthorized", "context", "principalId", "policyDocument"])
READERS = st.sampled_from([read_simple, read_policy])


@settings(deadline=None)
@given(READERS, JSON | st.dictionaries(KEYS, JSON | st.just(policy()) | st.just(True)))
def test_nothing_is_allowed_but_by_true_or_a_policy(
    read: Callable[[object], AuthorizerResult], returned: object
) -> None:
    try:
        found = read(json.loads(json.dumps(returned)))
    except InvalidAuthorizerResultError:
        return
    assert isinstance(returned, dict)
    if read is read_simple:
        assert (effect(found) == "allow") is (returned["isAuthorized"] is True)
    else:
        assert found.policy == returned["policyDocument"]
