"""The events of every kind of API, as API Gateway has sent them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer import events
from apigw_oauth.authorizer.errors import AuthorizerError, UnknownEventError
from apigw_oauth.authorizer.request import Request
from tests.authorizer.conftest import recorded

FILES = {
    "token": "rest_token",
    "request": "rest_request",
    "http-1.0": "http_1_0",
    "http-2.0": "http_2_0",
    "http-2.0-simple": "http_2_0",
    "websocket": "websocket_connect",
}
NAMES = sorted(FILES)
WITH_HEADERS = sorted(FILES.keys() - {"token"})


def parse(event: Any, name: str) -> Request:
    return events.recognize(event, expected=name).parse(event)


def changed(name: str, place: str, value: Any) -> dict[str, Any]:
    """The recorded event with one member changed; `place` is a path of keys."""
    event = recorded(FILES[name])
    where = event
    *outer, last = place.split("/")
    for key in outer:
        where = where[key]
    where[last] = value
    return event


def test_there_is_a_recorded_event_for_every_format():
    assert [known.name for known in events.FORMATS] == list(FILES)


def test_a_recorded_token_event():
    request = parse(recorded("rest_token"), "token")
    assert (request.method, request.path, request.route_key) == ("POST", "/lambda-token", None)
    assert request.headers == {"authorization": ("Bearer foo",)}
    assert request.method_arn.stage == "prod"


def test_a_recorded_request_event():
    request = parse(recorded("rest_request"), "request")
    assert (request.method, request.path, request.route_key) == ("POST", "/lambda-request", "POST /lambda-request")
    assert request.headers["authorization"] == ("Bearer foo",)
    assert request.headers["x-forwarded-for"] == ("15.248.3.126, 130.176.209.37",)


def test_the_event_of_the_guide_in_payload_format_1_0():
    request = parse(recorded("http_1_0"), "http-1.0")
    assert (request.method, request.path, request.route_key) == ("GET", "/request", "GET /request")
    assert request.headers["headerauth1"] == ("headerValue1",)
    assert request.method_arn.stage == "test"


@pytest.mark.parametrize("name", ["http-2.0", "http-2.0-simple"])
def test_a_recorded_event_in_payload_format_2_0(name):
    request = parse(recorded("http_2_0"), name)
    assert (request.method, request.path, request.route_key) == ("POST", "/lambda", "POST /lambda")
    assert request.headers["authorization"] == ("Bearer foo",)
    assert (request.method_arn.stage, request.method_arn.path) == ("$default", "/lambda")


def test_the_event_of_the_guide_for_a_handshake():
    request = parse(recorded("websocket_connect"), "websocket")
    assert (request.method, request.path, request.route_key) == ("$connect", "", "$connect")
    assert request.headers["headerauth1"] == ("headerValue1",)
    assert str(request.method_arn).endswith("/default/$connect")


def test_in_payload_format_1_0_the_resource_may_be_the_arn_of_the_request():
    event = recorded("http_1_0")
    event["resource"] = event["methodArn"]
    event["requestContext"]["resourcePath"] = "/{proxy+}"
    assert parse(event, "http-1.0").route_key == "GET /{proxy+}"
    del event["requestContext"]["resourcePath"]
    with pytest.raises(UnknownEventError, match="resourcePath"):
        parse(event, "http-1.0")


def test_the_default_route_of_an_http_api_has_no_method():
    event = recorded("http_1_0")
    event["resource"] = event["requestContext"]["resourcePath"] = "$default"
    assert parse(event, "http-1.0").route_key == "$default"
    event = recorded("http_2_0")
    event["routeKey"] = event["requestContext"]["routeKey"] = "$default"
    assert (parse(event, "http-2.0").method, parse(event, "http-2.0").route_key) == ("POST", "$default")
    event["routeKey"] = event["requestContext"]["routeKey"] = "ANY /{proxy+}"
    assert parse(event, "http-2.0").route_key == "ANY /{proxy+}"


@pytest.mark.rule("R1", "I12")
@pytest.mark.parametrize("name", WITH_HEADERS)
@pytest.mark.parametrize("spelled", ["authorization", "AUTHORIZATION", "aUTHORIZATION"])
def test_header_names_are_found_in_any_case(name, spelled):
    event = recorded(FILES[name]) | {"headers": {spelled: "Bearer x"}}
    if "multiValueHeaders" in event:
        event["multiValueHeaders"] = {spelled: ["Bearer x"]}
    assert parse(event, name).headers == {"authorization": ("Bearer x",)}


@pytest.mark.parametrize("name", WITH_HEADERS)
@pytest.mark.parametrize("empty", [None, {}])
def test_empty_absent_and_null_mean_the_same(name, empty):
    event = recorded(FILES[name])
    event["headers"] = event["multiValueHeaders"] = empty
    assert parse(event, name).headers == {}
    del event["headers"], event["multiValueHeaders"]
    assert parse(event, name).headers == {}


def test_a_token_event_without_credentials():
    event = recorded("rest_token") | {"authorizationToken": None}
    assert parse(event, "token").headers == {}
    del event["authorizationToken"]
    assert parse(event, "token").headers == {}


@pytest.mark.rule("R3", "I12")
@pytest.mark.parametrize("name", ["request", "websocket", "http-1.0"])
@pytest.mark.parametrize(
    ("single", "multiple"),
    [
        ({"Authorization": "Bearer b"}, {"Authorization": ["Bearer a", "Bearer b"]}),
        ({"Authorization": "Bearer a"}, {"authorization": ["Bearer b"]}),
        ({"Authorization": "Bearer a", "authorization": "Bearer b"}, {}),
        ({}, {"Authorization": ["Bearer a"], "authorization": ["Bearer b"]}),
    ],
)
def test_every_value_of_a_header_is_seen(name, single, multiple):
    event = {**recorded(FILES[name]), "headers": single, "multiValueHeaders": multiple}
    assert sorted(parse(event, name).headers["authorization"]) == ["Bearer a", "Bearer b"]


@pytest.mark.parametrize("expected", NAMES)
@pytest.mark.parametrize("sent", NAMES)
def test_an_event_of_another_format_is_refused_and_the_mend_is_told(expected, sent):
    event = recorded(FILES[sent])
    if FILES[sent] == FILES[expected]:
        assert events.recognize(event, expected=expected).name == expected
        return
    with pytest.raises(UnknownEventError) as caught:
        events.recognize(event, expected=expected)
    assert f"the settings are for {events.named(expected).title}" in str(caught.value)
    assert f"write {events.named(sent).chosen_by}" in str(caught.value)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "event",
    [
        None, [], "x", 1, {}, {"type": "TOKEN"}, {"type": "REQUEST"}, {"type": "REQUEST", "resource": "/x"},
        {"type": "REQUEST", "version": "3.0"}, {"type": "REQUEST", "version": "1.0"}, {"type": "REQUEST", "version": "2.0"},
        {"type": "REQUEST", "version": 2.0}, {"type": "REQUEST", "requestContext": {"routeKey": "$connect"}},
        {"requestContext": {"routeKey": "$default", "eventType": "MESSAGE"}},
    ],
)  # fmt: skip
def test_what_is_no_event_is_refused(name, event):
    with pytest.raises(UnknownEventError):
        parse(event, name)


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("token", "methodArn", "arn:aws:execute-api:eu-west-1:1:a/dev/$connect"),
        ("http-1.0", "requestContext/resourcePath", "/other"),
        ("http-1.0", "requestContext/httpMethod", "DELETE"),
        ("http-1.0", "resource", "arn:aws:execute-api:us-east-1:1:a/test/GET/other"),
        ("http-1.0", "methodArn", "arn:aws:execute-api:us-east-1:1:a/test/$default"),
        ("http-2.0", "routeKey", "GET /lambda"),
        ("http-2.0", "requestContext/routeKey", "GET /lambda"),
        ("http-2.0", "requestContext/http/method", "GET"),
        ("http-2.0", "requestContext/http", {}),
        ("http-2.0", "routeArn", "arn:aws:execute-api:us-east-1:1:a/$default/$default"),
        ("websocket", "requestContext/routeKey", "$default"),
        ("websocket", "requestContext/eventType", "MESSAGE"),
        ("websocket", "methodArn", "arn:aws:execute-api:us-east-1:1:a/dev/GET/"),
    ],
)
def test_an_event_that_contradicts_itself_is_refused(name, place, value):
    with pytest.raises(UnknownEventError):
        parse(changed(name, place, value), name)


TEXTS = [
    *[("request", name) for name in ("httpMethod", "path", "resource", "methodArn")],
    *[("http-2.0", name) for name in ("routeKey", "routeArn", "rawPath")],
]


@pytest.mark.parametrize(("name", "place"), TEXTS)
@pytest.mark.parametrize("value", [None, 1, ["/"], {}])
def test_what_must_be_a_text_is_one_or_the_event_is_refused(name, place, value):
    with pytest.raises(UnknownEventError):
        parse(changed(name, place, value), name)


@pytest.mark.parametrize("name", WITH_HEADERS)
@pytest.mark.parametrize(
    "value", [[], 0, "", False, [["Authorization", "x"]], {"Authorization": ["x"]}, {"a": None}]
)
def test_headers_of_the_wrong_type_are_refused(name, value):
    with pytest.raises(UnknownEventError, match="headers"):
        parse({**recorded(FILES[name]), "headers": value}, name)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@given(data=st.data(), name=st.sampled_from(NAMES), value=JSON)
def test_a_damaged_event_is_parsed_or_refused(data, name, value):
    event = recorded(FILES[name])
    inner = [f"requestContext/{key}" for key in event.get("requestContext", {})]
    place = data.draw(
        st.sampled_from([*event, *inner, *(["requestContext/http/method"] if name == "http-2.0" else [])])
    )
    try:
        parse(changed(name, place, value), name)
    except AuthorizerError as error:
        assert isinstance(error, UnknownEventError)


CERTIFICATES = {
    "request": "requestContext/identity/clientCert",
    "http-1.0": "requestContext/identity/clientCert",
    "http-2.0": "requestContext/authentication",
    "websocket": "requestContext/identity/clientCert",
}


@pytest.mark.rule("R51")
@pytest.mark.parametrize("name", sorted(CERTIFICATES))
def test_a_client_certificate_is_where_api_gateway_puts_it_and_nowhere_else(name):
    certificate: Any = {"clientCertPem": "PEM", "subjectDN": "CN=x"}
    value = {"clientCert": certificate} if name == "http-2.0" else certificate
    assert parse(changed(name, CERTIFICATES[name], value), name).client_certificate == "PEM"
    absent = changed(name, CERTIFICATES[name], None)
    absent["headers"] = {**absent["headers"], "x-client-cert": "PEM", "x-amzn-mtls-clientcert": "PEM"}
    assert parse(absent, name).client_certificate is None


@pytest.mark.rule("R53")
@pytest.mark.parametrize("name", sorted(CERTIFICATES))
@pytest.mark.parametrize("value", [1, "PEM", ["PEM"], {"clientCertPem": 1}])
def test_a_certificate_that_is_none_is_not_an_event_that_api_gateway_sends(name, value):
    with pytest.raises(UnknownEventError):
        parse(changed(name, CERTIFICATES[name], {"clientCert": value} if name == "http-2.0" else value), name)


@pytest.mark.rule("R44")
@pytest.mark.parametrize(
    ("name", "place", "path", "stage", "below"),
    [
        ("request", "path", "/a%20b/", None, "/a%20b/"),
        ("http-2.0", "rawPath", "/a b", None, "/a b"),
        ("http-2.0", "rawPath", "/dev/a", "dev", "/a"),
        ("http-2.0", "rawPath", "/dev", "dev", ""),
        ("http-2.0", "rawPath", "/develop/a", "dev", "/develop/a"),
        ("http-2.0", "rawPath", "/$default/a", None, "/$default/a"),
        ("http-1.0", "path", "/test/a", None, "/a"),
    ],
)
def test_the_path_below_the_stage_is_what_a_public_address_goes_on_with(name, place, path, stage, below):
    event = changed(name, place, path)
    if stage is not None:
        event["routeArn"] = event["routeArn"].replace("$default", stage)
    request = parse(event, name)
    assert (request.external_path, request.path_is_decoded) == (below, name != "request")


def test_a_handshake_has_no_path_and_a_token_event_says_nothing_of_one():
    assert parse(recorded("websocket_connect"), "websocket").external_path == ""
    assert parse(recorded("rest_token"), "token").external_path is None
