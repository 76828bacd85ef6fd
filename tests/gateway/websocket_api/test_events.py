"""The events, compared with those that AWS documents and that were recorded there."""

import json
from pathlib import Path
from typing import Any

from apigw_oauth.gateway.http_messages import GatewayRequest
from apigw_oauth.gateway.identifiers import RequestIds
from apigw_oauth.gateway.websocket_api import events
from apigw_oauth.gateway.websocket_api.client_socket import Closed
from apigw_oauth.gateway.websocket_api.websocket_request import WebSocketRequest
from tests.gateway.websocket_api.websocket_apis import websocket_api

RECORDED = Path(__file__).parents[2] / "authorizer" / "recorded" / "websocket_connect.json"
NOW = 1_674_162_806.345
IDS = RequestIds("TXzPWFkkjoEF92g=", "TXzPWFkkjoEF92g=", "Root=1-66704feb-118151122b2ad2d3488844e7")
HEADERS = (
    ("Host", "abcdef123.execute-api.us-east-1.amazonaws.com"),
    ("Connection", "Upgrade"),
    ("upgrade", "websocket"),
    ("HeaderAuth1", "headerValue1"),
    ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
    ("Sec-WebSocket-Key", "..."),
    ("Sec-WebSocket-Version", "13"),
)
AUTHORIZER = {"authorizer": {"principalId": "u", "integrationLatency": 7, "scope": "a b"}}
HIDDEN = {"connection", "upgrade", "content-length"}


def request(target: str = "/default?QueryString1=queryValue1", **more: Any) -> WebSocketRequest:
    headers = more.pop("headers", HEADERS)
    wire = GatewayRequest("GET", target, headers, source_ip="15.248.3.126", port=443, scheme="https")
    api = websocket_api(stage="default", **more)
    return WebSocketRequest.handshake(api, wire, connection_id="TXzPWdnOjoECGjA=", ids=IDS, time=NOW)


def shape(value: object) -> object:
    """Return the names and types of an event."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else type(value)


def test_the_authorizer_is_asked_as_aws_documents() -> None:
    documented = json.loads(RECORDED.read_text())
    event = events.authorizer_event(request())
    assert shape(event) == shape(documented)
    for name in (
        "type",
        "methodArn",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "stageVariables",
    ):
        assert event[name] == documented[name]
    varying = {"X-Amzn-Trace-Id", "X-Forwarded-For"}
    assert {name: value for name, value in event["headers"].items() if name not in varying} == {
        name: value for name, value in documented["headers"].items() if name not in varying
    }


def test_the_authorizer_gets_empty_maps() -> None:
    event = events.authorizer_event(request("/default"))
    assert event["queryStringParameters"] == event["multiValueQueryStringParameters"] == {}
    assert events.authorizer_event(request(stage_variables={"a": "b"}))["stageVariables"] == {"a": "b"}


def test_connect_gets_the_handshake_without_what_makes_it_one() -> None:
    event = events.connect_event(request("/default?a=1&a=2"), AUTHORIZER)
    assert set(event) == {
        "headers",
        "multiValueHeaders",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "requestContext",
        "isBase64Encoded",
    }
    assert not HIDDEN & {name.lower() for name in event["headers"]}
    assert event["headers"]["HeaderAuth1"] == "headerValue1"
    assert event["queryStringParameters"] == {"a": "2"}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"]}
    assert event["requestContext"] == {
        "routeKey": "$connect",
        "eventType": "CONNECT",
        "extendedRequestId": "TXzPWFkkjoEF92g=",
        "requestTime": "19/Jan/2023:21:13:26 +0000",
        "messageDirection": "IN",
        "stage": "default",
        "connectedAt": 1674162806345,
        "requestTimeEpoch": 1674162806345,
        "identity": {"sourceIp": "15.248.3.126"},
        "requestId": "TXzPWFkkjoEF92g=",
        "domainName": "abcdef123.execute-api.us-east-1.amazonaws.com",
        "connectionId": "TXzPWdnOjoECGjA=",
        "apiId": "abcdef123",
        **AUTHORIZER,
    }


def test_connect_gets_no_empty_maps() -> None:
    event = events.connect_event(request("/default"), {})
    assert set(event) == {"headers", "multiValueHeaders", "requestContext", "isBase64Encoded"}
    assert "authorizer" not in event["requestContext"]
    assert events.connect_event(request(stage_variables={"a": "b"}), {})["stageVariables"] == {"a": "b"}


def test_a_message_brings_neither_headers_nor_query() -> None:
    later = request(headers=(*HEADERS, ("User-Agent", "wscat"))).followed_by("MESSAGE", ids=IDS, time=NOW + 3)
    event = events.message_event(later, AUTHORIZER, route_key="say", message_id="KdOjoECGjA=", body="hello")
    assert set(event) == {"requestContext", "body", "isBase64Encoded"}
    assert (event["body"], event["isBase64Encoded"]) == ("hello", False)
    context = event["requestContext"]
    assert (context["routeKey"], context["eventType"], context["messageId"]) == ("say", "MESSAGE", "KdOjoECGjA=")
    assert (context["connectedAt"], context["requestTimeEpoch"]) == (1674162806345, 1674162809345)
    assert context["identity"] == {"userAgent": "wscat", "sourceIp": "15.248.3.126"}
    assert context["authorizer"] == AUTHORIZER["authorizer"]


def test_disconnect_gets_the_recorded_headers_and_how_it_ended() -> None:
    later = request().followed_by("DISCONNECT", ids=IDS, time=NOW)
    event = events.disconnect_event(later, AUTHORIZER, Closed(4000, "bye"))
    host = "abcdef123.execute-api.us-east-1.amazonaws.com"
    assert event["headers"] == {"Host": host, "x-api-key": "", "X-Forwarded-For": "", "x-restapi": ""}
    assert event["multiValueHeaders"]["Host"] == [host]
    context = event["requestContext"]
    assert (context["routeKey"], context["eventType"]) == ("$disconnect", "DISCONNECT")
    assert (context["disconnectStatusCode"], context["disconnectReason"]) == (4000, "bye")
    assert context["authorizer"] == AUTHORIZER["authorizer"]


def test_a_client_that_gives_no_reason_has_the_recorded_one() -> None:
    context = events.disconnect_event(request(), {}, Closed(1005))["requestContext"]
    assert context["disconnectReason"] == "Client-side close frame status not set"
    assert events.disconnect_event(request(), {}, Closed(4001))["requestContext"]["disconnectReason"] == ""
