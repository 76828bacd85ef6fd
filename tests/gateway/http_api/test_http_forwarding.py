from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apigw_oauth.gateway.api import HttpProxy, Mock
from apigw_oauth.gateway.exchange import Exchange
from apigw_oauth.gateway.http_api.http_forwarding import HttpForwarding
from apigw_oauth.gateway.http_messages import HttpResponse
from apigw_oauth.gateway.lambda_integration import MalformedResponseError
from tests.gateway.http_api.http_apis import http_request

JSON_TYPE = ("Content-Type", "application/json")
TEXT_TYPE = ("Content-Type", "text/plain; charset=utf-8")


def forwarding(notices: list[str] | None = None, **request: Any) -> HttpForwarding:
    told = [] if notices is None else notices
    return HttpForwarding(Exchange(http_request(**request)), False, told.append)


def response(answer: object) -> HttpResponse:
    return forwarding().response(answer, tuple)


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        ({"message": "hi"}, b'{"message": "hi"}'),
        ({}, b"{}"),
        ({"body": "x", "headers": {"X": "1"}}, b'{"body": "x", "headers": {"X": "1"}}'),
        ("Hello from Lambda!", b"Hello from Lambda!"),
        ("\ud800", b"?"),
        ([1, None], b"[1, null]"),
        (7, b"7"),
        (True, b"true"),
        (None, b"null"),
    ],
    ids=str,
)
def test_an_answer_without_a_status_code_is_the_body(answer: object, body: bytes) -> None:
    assert response(answer) == HttpResponse(200, (JSON_TYPE,), body)


def test_a_full_answer() -> None:
    found = response(
        {
            "statusCode": 201,
            "headers": {"X-A": "1", "content-type": "image/png", "X-Bool": True},
            "cookies": ["a=1; Secure", "b=2"],
            "body": "AAE=",
            "isBase64Encoded": True,
            "multiValueHeaders": {"X-Many": ["ignored"]},
            "anything": "else is ignored",
        }
    )
    assert (found.status, found.body) == (201, b"\x00\x01")
    assert found.headers == (
        ("X-A", "1"), ("content-type", "image/png"), ("X-Bool", "true"), ("Set-Cookie", "a=1; Secure"),
        ("Set-Cookie", "b=2"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        ({"statusCode": 204}, 204, b""),
        ({"statusCode": "404", "body": None, "headers": None, "cookies": None}, 404, b""),
        ({"statusCode": 200, "body": "ü"}, 200, "ü".encode()),
    ],
)
def test_sparse_answers_are_text(answer: dict[str, Any], status: int, body: bytes) -> None:
    assert response(answer) == HttpResponse(status, (TEXT_TYPE,), body)


@pytest.mark.parametrize(
    "changed",
    [
        {"statusCode": None},
        {"statusCode": "ok"},
        {"statusCode": 0},
        {"statusCode": 600},
        {"body": {"a": 1}},
        {"headers": []},
        {"headers": {"a": 1}},
        {"cookies": "a=1"},
        {"cookies": [1]},
        {"body": "a b", "isBase64Encoded": True},
        {"isBase64Encoded": "yes", "body": "x"},
    ],
    ids=str,
)
def test_anything_else_is_malformed(changed: dict[str, Any]) -> None:
    with pytest.raises(MalformedResponseError):
        response({"statusCode": 200, **changed})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.sampled_from(["statusCode", "headers", "cookies", "body", "isBase64Encoded"])


@settings(deadline=None)
@given(JSON | st.dictionaries(MEMBERS, JSON | st.just(200)))
def test_no_answer_raises_anything_but_malformed(answer: object) -> None:
    try:
        found = response(answer)
    except MalformedResponseError:
        return
    assert 200 <= found.status <= 599


def test_path_parameters_are_encoded_again_and_cannot_move_the_parts_of_the_url() -> None:
    target = "/p/a%20b%23%25/c%2Fd/%C3%BC?x=%2F+y"
    sent = forwarding(target=target, route="GET /p/{id}/{rest+}")
    proxy = HttpProxy("http://h/base/{id}/{rest}?i={id}")
    assert sent.outgoing(proxy).target == "/base/a%20b%23%25/c/d/%C3%BC?i=a%20b%23%25&x=%2F+y"
    assert sent.outgoing(HttpProxy("http://h/fixed")).target == "/fixed?x=%2F+y"


@pytest.mark.parametrize(
    ("url", "target"),
    [("http://h", "/store/a%20b?q=1"), ("http://h/base/?x=1", "/base/store/a%20b?x=1&q=1")],
)
def test_the_default_route_sends_the_whole_path_on(url: str, target: str) -> None:
    sent = forwarding(target="/store/a%20b?q=1", route="$default", verb="PUT", body=b"body")
    outgoing = sent.outgoing(HttpProxy(url))
    assert (outgoing.verb, outgoing.target, outgoing.body) == ("PUT", target, b"body")


def test_nothing_is_renamed_on_the_way_to_the_client() -> None:
    notices: list[str] = []
    headers = (
        ("WWW-Authenticate", "Basic"), ("Server", "s"), ("Content-Length", "5"), ("Transfer-Encoding", "chunked"),
        ("Connection", "close"), ("Apigw-Requestid", "forged"), ("X-Pad", " 1 "), ("X-Bad", "a\r\nX-Injected: 1"),
    )  # fmt: skip
    found = forwarding(notices).to_client(HttpResponse(200, headers, b"12345"), Mock(""))
    assert found.headers == (
        ("WWW-Authenticate", "Basic"), ("Server", "s"), ("X-Pad", "1"), ("Apigw-Requestid", "ZhFsxGQDDoEEMig="),
    )  # fmt: skip
    assert len(notices) == 1
