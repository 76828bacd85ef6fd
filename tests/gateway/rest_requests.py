"""Requests as the gateway sees them, for tests of single parts."""

from collections.abc import Sequence
from typing import Any

from apigw_oauth.gateway.api import RestApi
from apigw_oauth.gateway.exchange import Exchange
from apigw_oauth.gateway.http_messages import GatewayRequest
from apigw_oauth.gateway.identifiers import RequestIds
from apigw_oauth.gateway.rest_request import RestRequest
from apigw_oauth.gateway.router import Router
from tests.gateway.fakes import api as make_api
from tests.gateway.fakes import mock_methods

IDS = RequestIds(
    "141d6671-99b4-40ca-9997-7a22f01eac74",
    "ZhFsxGQDDoEEMig=",
    "Root=1-66704feb-118151122b2ad2d3488844e7",
)
NOW = 1_718_636_523.035


def rest_request(
    target: str = "/dev/x",
    headers: Sequence[tuple[str, str]] = (("Host", "127.0.0.1:8080"),),
    *,
    route: str = "GET /x",
    api: RestApi | None = None,
    **wire: Any,
) -> RestRequest:
    """Return a routed request."""
    definition = api or make_api(*mock_methods(route))
    verb = route.partition(" ")[0]
    request = GatewayRequest(
        "GET" if verb == "ANY" else verb,
        target,
        tuple(headers),
        **{"source_ip": "15.248.3.126", "port": 8080, **wire},
    )
    received = RestRequest.receive(definition, request, IDS, NOW)
    match = Router(definition.methods, api_id=definition.api_id).match(received.verb, received.target.path)
    assert match
    received.route_to(match)
    return received


def exchange(request: RestRequest | None = None, **known: Any) -> Exchange[RestRequest]:
    return Exchange(request or rest_request(), **known)
