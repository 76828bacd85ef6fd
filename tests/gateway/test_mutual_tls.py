"""With mutual TLS the client's certificate is where API Gateway puts it in the events of REST and HTTP APIs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from apigw_oauth.gateway.api import ApiDefinitionError, Authorizer, GatewayResponse, LambdaProxy, Method
from apigw_oauth.gateway.http_api.api import HttpRoute
from tests.gateway.certificates import DN, authority, client, client_side, server_side
from tests.gateway.conftest import Serve
from tests.gateway.fakes import FakeFunction, answer, api, mock_methods, request_authorizer, token_authorizer
from tests.gateway.http_api.http_apis import http_api, http_authorizer
from tests.gateway.running_gateway import RunningGateway

CA = authority()
CLIENT = client(CA, serial=int("a1" * 16, 16))
TOKEN = {"Authorization": "Bearer t"}
NAME = "identity.clientCert"


@pytest.fixture
def expected() -> dict[str, Any]:
    certificate = CLIENT.certificate
    dates = (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    before, after = (f"{date:%b} {date.day:2} {date:%H:%M:%S %Y} GMT" for date in dates)
    return {
        "clientCertPem": CLIENT.pem,
        "subjectDN": DN,
        "issuerDN": "CN=Pets CA",
        "serialNumber": ":".join(["a1"] * 16),
        "validity": {"notBefore": before, "notAfter": after},
    }


@pytest.fixture
def http(tmp_path: Path) -> Iterator[httpx2.Client]:
    """A client with a certificate, which keeps its connections."""
    verify = client_side(CLIENT.write(tmp_path))
    with httpx2.Client(verify=verify, trust_env=False, headers=TOKEN) as opened:
        yield opened


def allowing() -> FakeFunction:
    return FakeFunction(lambda _: answer())


def ok() -> FakeFunction:
    return FakeFunction(lambda _: {"statusCode": 200})


def get(http: httpx2.Client, gateway: RunningGateway, path: str) -> httpx2.Response:
    return http.get(f"https://localhost:{gateway.port}{path}")


def rest(serve: Serve, authorizer: Authorizer, function: FakeFunction, *, mutual: bool = True) -> RunningGateway:
    methods = (Method("GET", "/x", authorized=True, integration=LambdaProxy(function)),)
    return serve(api(*methods, authorizer=authorizer), tls=server_side(CA.pem if mutual else None))


def test_rest_request_and_proxy_events_have_it_in_identity(
    serve: Serve, http: httpx2.Client, expected: dict[str, Any]
) -> None:
    asked, function = allowing(), ok()
    gateway = rest(serve, request_authorizer(asked, ttl=0), function)
    for _ in range(2):  # on one connection
        assert get(http, gateway, "/dev/x").status_code == 200
    assert len(asked.events) == len(function.events) == 2
    for event in (*asked.events, *function.events):
        assert event["requestContext"]["identity"]["clientCert"] == expected
        assert "authentication" not in event["requestContext"]


def test_a_token_event_never_has_it_and_the_proxy_event_behind_it_has(
    serve: Serve, http: httpx2.Client, expected: dict[str, Any]
) -> None:
    asked, function = allowing(), ok()
    assert get(http, rest(serve, token_authorizer(asked), function), "/dev/x").status_code == 200
    assert asked.events[0].keys() == {"type", "methodArn", "authorizationToken"}
    assert function.events[0]["requestContext"]["identity"]["clientCert"] == expected


@pytest.mark.parametrize("payload_format", ["1.0", "2.0"])
def test_http_api_events_have_it_where_their_format_says(
    serve: Serve, http: httpx2.Client, expected: dict[str, Any], payload_format: str
) -> None:
    asked, function = allowing(), ok()
    route = HttpRoute("GET /x", authorized=True, integration=LambdaProxy(function))
    definition = http_api(route, authorizer=http_authorizer(asked, payload_format=payload_format))
    gateway = serve(definition, tls=server_side(CA.pem))
    assert get(http, gateway, "/x").status_code == 200
    context = asked.events[0]["requestContext"]
    holder = {"1.0": "identity", "2.0": "authentication"}[payload_format]
    assert context[holder]["clientCert"] == expected
    assert "clientCert" not in context.get({"1.0": "authentication", "2.0": "identity"}[payload_format], {})
    assert function.events[0]["requestContext"]["authentication"] == {"clientCert": expected}


def test_without_mutual_tls_no_event_has_it_whatever_the_client_presents(
    serve: Serve, http: httpx2.Client
) -> None:
    asked, function = allowing(), ok()
    assert get(http, rest(serve, request_authorizer(asked), function, mutual=False), "/dev/x").status_code == 200
    route = HttpRoute("GET /x", authorized=True, integration=LambdaProxy(function))
    gateway = serve(http_api(route, authorizer=http_authorizer(asked)), tls=server_side())
    assert get(http, gateway, "/x").status_code == 200
    for event in (*asked.events, *function.events):
        assert "clientCert" not in event["requestContext"].get("identity", {})
        assert "authentication" not in event["requestContext"]


def test_the_scheme_and_the_port_in_the_headers_are_the_real_ones(serve: Serve, http: httpx2.Client) -> None:
    function = ok()
    gateway = rest(serve, request_authorizer(), function)
    get(http, gateway, "/dev/x")
    headers = function.events[0]["headers"]
    assert (headers["X-Forwarded-Proto"], headers["X-Forwarded-Port"]) == ("https", str(gateway.port))
    assert function.events[0]["requestContext"]["domainName"] == "localhost"


@pytest.mark.parametrize("variable", ["clientCertPem", "subjectDN", "serialNumber", "validity.notAfter"])
def test_each_of_its_fields_can_be_an_identity_source(serve: Serve, http: httpx2.Client, variable: str) -> None:
    source = f"{NAME}.{variable}"
    authorizer = request_authorizer(allowing(), sources=(f"context.{source}",))
    gateway = rest(serve, authorizer, ok())
    assert get(http, gateway, "/dev/x").status_code == 200
    assert get(http, gateway, "/dev/x").status_code == 200
    assert [record.authorizer for record in gateway.records] == ["invoked", "cached"]
    assert get(http, rest(serve, authorizer, ok(), mutual=False), "/dev/x").status_code == 401

    asked = allowing()
    route = HttpRoute("GET /x", authorized=True, integration=LambdaProxy(ok()))
    definition = http_api(route, authorizer=http_authorizer(asked, sources=(f"$context.{source}",)))
    assert get(http, serve(definition, tls=server_side(CA.pem)), "/x").status_code == 200
    assert len(asked.events[0]["identitySource"]) == 1
    assert get(http, serve(definition, tls=server_side()), "/x").status_code == 401


def test_the_certificate_as_a_whole_is_no_variable() -> None:
    with pytest.raises(ApiDefinitionError, match="context variables are"):
        request_authorizer(sources=(f"context.{NAME}",))
    with pytest.raises(ApiDefinitionError, match="context variables are"):
        http_authorizer(sources=(f"$context.{NAME}",))


def test_gateway_responses_can_show_its_names_and_never_its_lines(serve: Serve, http: httpx2.Client) -> None:
    response = GatewayResponse(
        headers={"X-Client": f"context.{NAME}.subjectDN", "X-Pem": f"context.{NAME}.clientCertPem"},
        templates={"application/json": f'"$context.{NAME}.serialNumber|$context.{NAME}|"'},
    )
    denying = request_authorizer(FakeFunction(lambda _: answer("Deny")))
    methods = mock_methods("GET /x", authorized=True)
    definition = api(*methods, authorizer=denying, gateway_responses={"ACCESS_DENIED": response})
    gateway = serve(definition, tls=server_side(CA.pem))
    reply = get(http, gateway, "/dev/x")
    assert reply.headers["X-Client"] == DN
    assert "X-Pem" not in reply.headers
    assert reply.json() == f"{':'.join(['a1'] * 16)}||"
