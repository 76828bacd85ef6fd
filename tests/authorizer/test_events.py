"""The events of REST APIs, as API Gateway has sent them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer import events
from apigw_oauth.authorizer.errors import AuthorizerError, UnknownEventError
from tests.authorizer.conftest import recorded


def test_a_recorded_token_event():
    request = events.recognize(recorded("rest_token"), expected="token").parse(recorded("rest_token"))
    assert (request.method, request.path, request.route_key) == ("POST", "/lambda-token", None)
    assert request.headers == {"authorization": ("Bearer foo",)}
    assert request.method_arn.stage == "prod"


def test_a_recorded_request_event():
    request = events.recognize(recorded("rest_request"), expected="request").parse(recorded("rest_request"))
    assert (request.method, request.path, request.route_key) == ("POST", "/lambda-request", "POST /lambda-request")
    assert request.headers["authorization"] == ("Bearer foo",)
    assert request.headers["x-forwarded-for"] == ("15.248.3.126, 130.176.209.37",)


@pytest.mark.parametrize("name", ["authorization", "AUTHORIZATION", "aUTHORIZATION"])
def test_header_names_are_found_in_any_case(name):
    event = recorded("rest_request")
    event["headers"] = {name: "Bearer x"}
    event["multiValueHeaders"] = {name: ["Bearer x"]}
    assert events.recognize(event, expected="request").parse(event).headers["authorization"] == ("Bearer x",)


@pytest.mark.parametrize("empty", [None, {}])
def test_empty_absent_and_null_mean_the_same(empty):
    event = recorded("rest_request")
    event["headers"] = event["multiValueHeaders"] = empty
    assert events.recognize(event, expected="request").parse(event).headers == {}
    del event["headers"], event["multiValueHeaders"]
    assert events.recognize(event, expected="request").parse(event).headers == {}


@pytest.mark.parametrize(
    ("single", "multiple"),
    [
        ({"Authorization": "Bearer b"}, {"Authorization": ["Bearer a", "Bearer b"]}),
        ({"Authorization": "Bearer a"}, {"authorization": ["Bearer b"]}),
        ({"Authorization": "Bearer a", "authorization": "Bearer b"}, {}),
        ({}, {"Authorization": ["Bearer a"], "authorization": ["Bearer b"]}),
    ],
)
def test_every_value_of_a_header_is_seen(single, multiple):
    event = {**recorded("rest_request"), "headers": single, "multiValueHeaders": multiple}
    headers = events.recognize(event, expected="request").parse(event).headers
    assert sorted(headers["authorization"]) == ["Bearer a", "Bearer b"]


@pytest.mark.parametrize("name", ["http_1_0", "http_2_0", "websocket_connect"])
def test_events_of_other_apis_are_refused(name):
    with pytest.raises(UnknownEventError, match="not the event of a REST API"):
        events.recognize(recorded(name), expected="request")


def test_an_event_of_the_other_type_is_refused_because_its_cache_key_is_another():
    with pytest.raises(UnknownEventError, match="same type"):
        events.recognize(recorded("rest_token"), expected="request")
    with pytest.raises(UnknownEventError, match="same type"):
        events.recognize(recorded("rest_request"), expected="token")


@pytest.mark.parametrize("event", [None, [], "x", 1, {}, {"type": "TOKEN"}, {"type": "REQUEST", "resource": "/x"}])
def test_what_is_no_event_is_refused(event):
    with pytest.raises(UnknownEventError):
        for expected in ("token", "request"):
            events.recognize(event, expected=expected).parse(event)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@given(
    name=st.sampled_from(["rest_token", "rest_request"]),
    member=st.sampled_from(
        [
            "type",
            "methodArn",
            "authorizationToken",
            "resource",
            "path",
            "httpMethod",
            "headers",
            "multiValueHeaders",
        ]
    ),
    value=JSON,
)
def test_a_damaged_event_is_parsed_or_refused(name, member, value):
    event = {**recorded(name), member: value}
    try:
        events.recognize(event, expected=name.removeprefix("rest_")).parse(event)
    except AuthorizerError as error:
        assert isinstance(error, UnknownEventError)
