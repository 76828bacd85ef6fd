import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apigw_oauth.gateway import lambda_integration
from apigw_oauth.gateway.lambda_integration import MalformedResponseError
from tests.gateway.rest_requests import exchange, rest_request


def test_the_event_is_the_recorded_one() -> None:
    headers = (
        ("Accept", "*/*"), ("AUTHORIZATION", "random-value"), ("Connection", "close"), ("Content-Length", "2"),
        ("Content-MD5", "x"), ("Expect", "x"), ("Host", "h.example:80"), ("Max-Forwards", "1"),
        ("Proxy-Authenticate", "x"), ("Server", "x"), ("TE", "x"), ("Trailer", "x"), ("Transfer-Encoding", "x"),
        ("Upgrade", "x"), ("WWW-Authenticate", "x"), ("Date", "d"), ("tEsT-HEADeR", "aValUE"),
    )  # fmt: skip
    request = rest_request("/dev/test-path/?urlparam=test", headers, route="ANY /{proxy+}", body=b"{}")
    event = lambda_integration.event(exchange(request))
    kept = {
        "Accept": "*/*",
        "Authorization": "random-value",
        "Host": "h.example:80",
        "Date": "d",
        "tEsT-HEADeR": "aValUE",
        "X-Amzn-Trace-Id": "Root=1-66704feb-118151122b2ad2d3488844e7",
        "X-Forwarded-For": "15.248.3.126",
        "X-Forwarded-Port": "8080",
        "X-Forwarded-Proto": "http",
    }
    assert event.pop("requestContext") == request.request_context()
    assert event == {
        "resource": "/{proxy+}",
        "path": "/test-path/",
        "httpMethod": "GET",
        "headers": kept,
        "multiValueHeaders": {name: [value] for name, value in kept.items()},
        "queryStringParameters": {"urlparam": "test"},
        "multiValueQueryStringParameters": {"urlparam": ["test"]},
        "pathParameters": {"proxy": "test-path"},
        "stageVariables": None,
        "body": "{}",
        "isBase64Encoded": False,
    }


def test_empty_maps_are_null() -> None:
    event = lambda_integration.event(exchange())
    names = (
        "queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables", "body",
    )  # fmt: skip
    assert [event[name] for name in names] == [None] * 5


def test_what_the_authorizer_said_is_in_the_request_context() -> None:
    known = exchange(principal_id="user", authorizer_ms=422, authorizer_context={"a": "1"})
    authorizer = lambda_integration.event(known)["requestContext"]["authorizer"]
    assert authorizer == {"principalId": "user", "integrationLatency": 422, "a": "1"}


def test_a_signature_of_aws_does_not_reach_the_backend() -> None:
    request = rest_request(headers=(("authorization", "AWS4-HMAC-SHA256 Credential=x"),))
    assert "Authorization" not in lambda_integration.event(exchange(request))["headers"]


def test_a_body_that_is_not_text_is_base64() -> None:
    event = lambda_integration.event(exchange(rest_request(body=b"\x1f\x8b\xff")))
    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == b"\x1f\x8b\xff"


def test_a_full_answer() -> None:
    found = lambda_integration.response(
        {
            "statusCode": 201,
            "headers": {"X-A": "1", "X-Bool": True, "x-many": "gone"},
            "multiValueHeaders": {"X-Many": ["1", "2"]},
            "body": "AAE=",
            "isBase64Encoded": True,
        }
    )
    assert found.status == 201
    assert found.body == b"\x00\x01"
    assert found.headers == (
        ("X-A", "1"), ("X-Bool", "true"), ("X-Many", "1"), ("X-Many", "2"), ("Content-Type", "application/json"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        ({}, 200, b""),
        ({"statusCode": "404"}, 404, b""),
        ({"body": None, "headers": None, "multiValueHeaders": None}, 200, b""),
        ({"body": "ü"}, 200, "ü".encode()),
        ({"body": "\ud800"}, 200, b"?"),
    ],
)
def test_sparse_answers(answer: dict[str, Any], status: int, body: bytes) -> None:
    found = lambda_integration.response(answer)
    assert (found.status, found.body, found.header("content-type")) == (status, body, "application/json")


def test_the_names_of_unknown_members_are_told_short_and_without_credentials() -> None:
    answer = {"Bearer s3cr3t": 1, "x" * 200: 1} | {f"many{number}": 1 for number in range(500)}
    with pytest.raises(MalformedResponseError) as caught:
        lambda_integration.response(answer, lambda: ("Bearer s3cr3t",))
    assert "[redacted]" in str(caught.value)
    assert "s3cr3t" not in str(caught.value)
    assert len(str(caught.value)) < 900


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "hello",
        [],
        200,
        {"Hello": "World"},
        {"cookies": []},
        {"statusCode": None},
        {"statusCode": True},
        {"statusCode": "ok"},
        {"statusCode": 200.5},
        {"statusCode": 101},
        {"statusCode": 600},
        {"body": {"a": 1}},
        {"body": 1},
        {"headers": []},
        {"headers": {"a": 1}},
        {"headers": {"a": None}},
        {"multiValueHeaders": {"a": "1"}},
        {"multiValueHeaders": {"a": [1]}},
        {"body": "a", "isBase64Encoded": "yes"},
        {"body": "a", "isBase64Encoded": []},
        {"body": "a", "isBase64Encoded": 1},
        {"body": "a b", "isBase64Encoded": True},
        {"body": "ü", "isBase64Encoded": True},
    ],
    ids=str,
)
def test_anything_else_is_malformed(answer: object) -> None:
    with pytest.raises(MalformedResponseError):
        lambda_integration.response(answer)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.sampled_from(["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"])


@settings(deadline=None)
@given(JSON | st.dictionaries(MEMBERS, JSON))
def test_no_answer_raises_anything_but_malformed(answer: object) -> None:
    try:
        found = lambda_integration.response(answer)
    except MalformedResponseError:
        return
    assert 200 <= found.status <= 599
