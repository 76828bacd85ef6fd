"""What is done in fewer steps for most requests, beside the plain way."""

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apigw_oauth.gateway import authorizer_result
from apigw_oauth.gateway.authorizer_result import InvalidAuthorizerResultError, parse, size_notice
from apigw_oauth.gateway.exchange import RequestRecord
from apigw_oauth.gateway.handed_on import HandedOn
from apigw_oauth.gateway.http_messages import GatewayRequest
from apigw_oauth.gateway.local_gateway import LocalGateway
from tests.gateway.fakes import FakeFunction, answer, api, mock_methods, policy, request_authorizer

WORDS = st.sampled_from(["Allow", "Deny", "*", "2012-10-17", "execute-api:Invoke", "arn:a/*", "a" * 513, "", "Ü"])
VALUES = st.recursive(
    WORDS | st.none() | st.booleans() | st.integers(0, 1) | st.just(1.0),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)
STATEMENTS = st.fixed_dictionaries(
    {"Effect": WORDS | VALUES, "Action": WORDS | VALUES, "Resource": WORDS | VALUES},
    optional={"Sid": WORDS, "NotAction": WORDS, "Condition": VALUES, "x": WORDS},
)
DOCUMENTS = VALUES | st.fixed_dictionaries(
    {"Version": WORDS | VALUES, "Statement": st.lists(STATEMENTS | VALUES, max_size=3) | VALUES},
    optional={"Id": WORDS, "x": WORDS},
)


def read(document: Any) -> Any:
    try:
        return parse(answer() | {"policyDocument": document})
    except InvalidAuthorizerResultError as error:
        return str(error)


@settings(deadline=None, max_examples=300)
@given(st.lists(DOCUMENTS, min_size=1, max_size=4))
def test_policies_that_were_read_before_are_read_as_new_ones(documents: list[Any]):
    known = [read(document) for document in documents + documents]
    new = []
    for document in documents:
        authorizer_result._seen_before.cache_clear()
        new.append(read(document))
    assert repr(known) == repr(new + new)


def test_a_policy_that_was_read_before_is_one_object_which_its_function_cannot_change():
    document = policy()
    first = parse(answer() | {"policyDocument": document}).policy
    document["Statement"][0]["Effect"] = "Deny"
    assert first == policy()
    assert parse(answer() | {"policyDocument": copy.deepcopy(policy())}).policy is first
    assert parse(answer() | {"policyDocument": document}).policy == policy(Effect="Deny")


@pytest.mark.parametrize(
    "more", [{"Sid": "s3cr3t"}, {"Condition": {"StringEquals": {"s3cr3t": "x"}}}, {"s3cr3t": "x"}]
)
def test_policies_in_which_somebody_chose_names_are_not_remembered(more: dict[str, Any]):
    authorizer_result._seen_before.cache_clear()
    read(policy(**more))
    assert authorizer_result._seen_before.cache_info().currsize == 0


SHORT = ["\0", "", '"', "ü", "\ud800", 0, -1, 2**40, 10**300, None, True, False, 0.5, -1e-300, [], {}, {"": ""}]


@pytest.mark.parametrize("value", SHORT, ids=map(str, range(len(SHORT))))
def test_an_answer_is_found_small_only_if_it_is(value: object):
    for count in (1, 100, 200, 273, 300, 400, 700, 1_000, 1_365, 2_000, 5_000):
        for returned in ({"a": [value] * count}, {f"{number}": value for number in range(count)}):
            written = json.dumps(returned, separators=(",", ":"), ensure_ascii=False)
            size = len(written.encode("utf-8", "surrogatepass"))
            assert bool(size_notice(returned)) == (size > authorizer_result.LARGEST_RESULT)
    if isinstance(value, str):
        for count in (1_360, 1_365, 1_366, 4_096, 8_182, 8_192):
            size = len(json.dumps({"a": value * count}, ensure_ascii=False).encode("utf-8", "surrogatepass")) - 1
            assert bool(size_notice({"a": value * count})) == (size > authorizer_result.LARGEST_RESULT)


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("depth", [1_990, 2_100, 5_000])
def test_what_is_nested_too_deeply_for_a_shortcut_is_read_in_the_plain_way(depth: int):
    # Newer versions of Python read JSON of any depth, and so hand it on from a function.
    assert (
        read(policy(resource=nested(depth))) == "statement 1: Resource is neither a string nor a list of strings"
    )
    assert "Version" in read(policy() | {"Version": nested(depth)})


def test_large_policies_are_not_remembered():
    authorizer_result._seen_before.cache_clear()
    assert read(policy(resource=["arn:*"] * 2_000)).policy == policy(resource=["arn:*"] * 2_000)
    assert authorizer_result._seen_before.cache_info().currsize == 0


SOURCES = [
    ("method.request.header.Authorization",),
    ("method.request.header.authorization", "context.resourceId", "context.httpMethod"),
    ("method.request.header.Authorization", "stageVariables.v"),
    ("method.request.header.Authorization", "method.request.querystring.q"),
    ("method.request.header.Authorization", "method.request.header.x-amzn-TRACE-id"),
    ("method.request.header.Authorization", "context.path"),
]
TARGETS = [
    "GET /dev/a",
    "GET /dev/a?q=1",
    "GET /dev/a?q=2",
    "PUT /dev/a?q=1",
    "GET /dev/b?q=1",
    "GET /dev/c/1",
    "GET /dev/c/2",
]


@pytest.mark.anyio
@pytest.mark.parametrize("sources", SOURCES, ids=map(str, range(len(SOURCES))))
async def test_an_identity_found_once_for_a_connection_is_that_of_each_request(sources: tuple[str, ...]):
    records: list[RequestRecord] = []
    authorizer = request_authorizer(FakeFunction(lambda _: answer()), sources=sources)
    methods = mock_methods("ANY /a", "GET /b", "GET /c/{id}", authorized=True)
    for one_connection in (False, True):
        gateway = LocalGateway(
            api(*methods, authorizer=authorizer, stage_variables={"v": "1"}), on_request=records.append
        )
        for token in ("Bearer t", "Bearer u", "Bearer t", ""):
            wire = GatewayRequest("GET", "/", (("Host", "x"), ("Authorization", token)))
            handed_on = HandedOn.of(wire) if one_connection else None
            for method, target in [target.split() for target in TARGETS * 2]:
                await gateway.handle(replace(wire, method=method, target=target, handed_on=handed_on))
    outcomes = [(one.status, one.authorizer, one.reason) for one in records]
    half = len(outcomes) // 2
    assert outcomes[:half] == outcomes[half:]
    assert (
        {"cached", "invoked", "not invoked"} >= {one.authorizer for one in records} >= {"invoked", "not invoked"}
    )
