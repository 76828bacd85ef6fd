import pytest

from apigw_oauth.gateway.websocket_api.websocket_request import short_id, websocket_ids
from tests.gateway.websocket_api.test_events import request


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("route.request.header.hEADERaUTH1", "headerValue1"),
        ("route.request.header.Missing", None),
        ("route.request.querystring.a", "2 3"),
        ("route.request.querystring.A", None),
        ("stageVariables.tier", "gold"),
        ("stageVariables.other", None),
        ("context.connectionId", "TXzPWdnOjoECGjA="),
        ("context.connectedAt", "1674162806345"),
        ("context.identity.sourceIp", "15.248.3.126"),
        ("context.identity.userAgent", None),
        ("context.routeKey", "$connect"),
    ],
)
def test_identity_sources_are_found(reference: str, value: str | None) -> None:
    found = request("/default?a=1&a=2+3", stage_variables={"tier": "gold"}).value(reference)
    assert found == value


def test_the_arn_is_that_of_connect_also_for_later_events() -> None:
    later = request().followed_by("MESSAGE", ids=request().ids, time=1.0)
    assert later.arn == "arn:aws:execute-api:us-east-1:123456789012:abcdef123/default/$connect"


def test_the_domain_name_keeps_its_port_because_the_management_api_is_there() -> None:
    assert request(headers=(("Host", "127.0.0.1:8080"),)).domain_name == "127.0.0.1:8080"


def test_request_identifiers_are_alike_and_short_ones_fit_into_a_path() -> None:
    ids = websocket_ids(lambda length: b"\xff" * length, 0.0)
    assert ids.request_id == ids.extended_request_id
    assert short_id(lambda length: b"\xff" * length) == "______________8="
