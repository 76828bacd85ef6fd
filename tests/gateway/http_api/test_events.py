"""The events, compared with those recorded on AWS and printed in its documentation."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from apigw_oauth.gateway.client_certificate import ClientCertificate
from apigw_oauth.gateway.http_api import events
from tests.gateway.http_api.http_apis import http_api, http_authorizer, http_request, mock_routes

RECORDED = Path(__file__).parents[2] / "authorizer" / "recorded"
# What no HTTP API of this gateway has: keys.
ELSEWHERE = {"apiKey"}
DOCUMENTED = ClientCertificate(
    pem="CERT_CONTENT",
    subject_dn="www.example.com",
    issuer_dn="Example issuer",
    serial_number=":".join(["a1"] * 16),
    not_before="May 28 12:30:02 2019 GMT",
    not_after="Aug  5 09:36:04 2021 GMT",
)


def recorded(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((RECORDED / f"{name}.json").read_text())
    return event


def shape(value: object) -> object:
    """Return keys and types. Maps of headers and parameters are of the request, so only their values count."""
    if not isinstance(value, dict):
        return [shape(item) for item in value] if isinstance(value, list) else type(value).__name__
    return {name: shape(item) for name, item in value.items() if name not in ELSEWHERE}


def test_an_authorizer_event_of_format_2_0_is_the_recorded_one() -> None:
    wanted = recorded("http_2_0")
    sent = tuple(pair for pair in wanted["headers"].items() if not pair[0].startswith("x-"))
    request = http_request(
        "/lambda", (*sent, ("Connection", "keep-alive")), route="POST /lambda", port=443, scheme="https"
    )
    event = events.authorizer_event(http_authorizer(), request, ("Bearer foo",))
    wanted["headers"]["x-amzn-trace-id"] = request.ids.trace_id
    wanted["requestContext"]["requestId"] = request.ids.request_id
    assert event == wanted


def test_an_authorizer_event_of_format_1_0_is_the_documented_one() -> None:
    wanted = recorded("http_1_0")
    api = http_api(
        *mock_routes("GET /request"),
        stage="test",
        stage_variables=wanted["stageVariables"],
        api_id="abcdef123",
        region="us-east-1",
    )
    request = http_request(
        "/test/request?QueryString1=queryValue1",
        tuple(wanted["headers"].items()),
        route="GET /request",
        api=api,
        client_certificate=DOCUMENTED,
    )
    event = events.authorizer_event(http_authorizer(payload_format="1.0"), request, ("user1", "123"))
    identity = wanted["requestContext"]["identity"]
    assert event["requestContext"]["identity"]["clientCert"] == identity["clientCert"]
    headers = {name: value for name, value in event["headers"].items() if not name.startswith("X-Forwarded")}
    assert headers.pop("X-Amzn-Trace-Id") == request.ids.trace_id
    assert headers == wanted["headers"]
    assert shape(event | {"headers": {}}) == shape(wanted | {"headers": {}})
    same = wanted.keys() - {"headers", "requestContext"}
    assert {name: event[name] for name in same} == {name: wanted[name] for name in same}
    made_up = {"resourceId", "requestId", "identity"}
    context = {name: value for name, value in wanted["requestContext"].items() if name not in made_up}
    assert context.items() <= event["requestContext"].items()
    assert len(event["requestContext"]["resourceId"]) == 6


def test_everything_that_is_left_out_when_empty() -> None:
    api = http_api(*mock_routes("GET /pets/{id}/{rest+}"), stage="dev", stage_variables={"v": "1"})
    request = http_request(
        "/dev//pets/a%20b/c%2Fd/?q=1&q=a+b%2B%2F&empty&%61=",
        (("X-Two", "1"), ("x-two", "2"), ("Cookie", "a=1; b=2"), ("cookie", "c=3"), ("Host", "h:1")),
        route="GET /pets/{id}/{rest+}",
        api=api,
    )
    event = events.authorizer_event(http_authorizer(), request, ())
    assert event["identitySource"] is None
    assert event["routeArn"].endswith(":lsw1ro4ipb/dev/GET/pets/a b/c/d/")
    assert event["rawPath"] == event["requestContext"]["http"]["path"] == "/dev//pets/a b/c/d/"
    assert event["rawQueryString"] == "q=1&q=a+b%2B%2F&empty&%61="
    assert event["queryStringParameters"] == {"q": "1,a b+/", "empty": "", "a": ""}
    assert event["pathParameters"] == {"id": "a b", "rest": "c/d"}
    assert event["stageVariables"] == {"v": "1"}
    assert event["cookies"] == ["a=1", "b=2", "c=3"]
    assert "cookie" not in event["headers"]
    assert event["headers"]["x-two"] == "1,2"
    assert event["requestContext"]["domainName"] == "h"
    assert event["requestContext"]["routeKey"] == event["routeKey"] == "GET /pets/{id}/{rest+}"


def test_an_empty_cookie_is_one() -> None:
    event = events.authorizer_event(http_authorizer(), http_request(headers=(("Host", "h"), ("Cookie", ""))), ())
    assert event["cookies"] == [""]
    assert "cookie" not in event["headers"]


def test_nothing_is_told_of_a_body_to_the_authorizer() -> None:
    event = events.authorizer_event(http_authorizer(), http_request(body=b"s3cr3t"), ())
    assert not {"body", "isBase64Encoded"} & event.keys()


def test_format_1_0_without_identity_sources_and_on_the_default_route() -> None:
    request = http_request("/a%20b?q=1&q=2", (("Cookie", "a=1"),), route="$default", verb="PUT")
    event = events.authorizer_event(http_authorizer(payload_format="1.0"), request, ())
    assert (event["identitySource"], event["authorizationToken"]) == (None, None)
    assert event["resource"] == event["requestContext"]["resourcePath"] == "$default"
    assert (event["path"], event["httpMethod"]) == ("/a b", "PUT")
    assert event["methodArn"].endswith("/$default/PUT/a b")
    assert event["queryStringParameters"] == {"q": "2"}
    assert event["headers"]["Cookie"] == "a=1"


def test_an_integration_event_has_the_authorizer_event_s_members_and_the_body() -> None:
    request = http_request("/lambda", (("Content-Type", "text/plain"),), route="POST /lambda", body=b"hello")
    asked = events.authorizer_event(http_authorizer(), request, ())
    event = events.integration_event(request, authorized=False, authorizer_context=None)
    assert (event.pop("body"), event.pop("isBase64Encoded")) == ("hello", False)
    for name in ("type", "routeArn", "identitySource"):
        del asked[name]
    assert event == asked


@pytest.mark.parametrize(
    ("context", "told"),
    [(None, None), ({}, None), ({"n": 1, "b": True, "l": ["a"], "m": {"k": None}},) * 2],
)
def test_what_the_authorizer_said_keeps_its_json_types(context: Any, told: Any) -> None:
    event = events.integration_event(http_request(), authorized=True, authorizer_context=context)
    assert event["requestContext"]["authorizer"] == {"lambda": told}


def test_a_request_without_a_body_has_none() -> None:
    event = events.integration_event(http_request(), authorized=False, authorizer_context=None)
    assert "body" not in event
    assert event["isBase64Encoded"] is False
    assert "authorizer" not in event["requestContext"]


@pytest.mark.parametrize(
    ("content_type", "text"),
    [
        ("text/csv; charset=utf-8", True),
        ("application/json", True),
        ("Application/XML", True),
        ("application/javascript", True),
        ("application/x-www-form-urlencoded", False),
        ("application/vnd.api+json", False),
        ("application/octet-stream", False),
        (None, False),
    ],
)
def test_the_content_type_decides_whether_a_body_is_text(content_type: str | None, text: bool) -> None:
    headers = (("content-type", content_type),) if content_type else ()
    request = http_request(headers=headers, body="ü".encode())
    event = events.integration_event(request, authorized=False, authorizer_context=None)
    assert event["isBase64Encoded"] is not text
    assert (event["body"] if text else base64.b64decode(event["body"]).decode()) == "ü"


def test_text_that_is_none_is_base64() -> None:
    request = http_request(headers=(("Content-Type", "text/plain"),), body=b"\xff")
    event = events.integration_event(request, authorized=False, authorizer_context=None)
    assert (event["isBase64Encoded"], event["body"]) == (True, "/w==")
