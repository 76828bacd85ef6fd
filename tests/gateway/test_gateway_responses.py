from collections.abc import Mapping

import pytest

from apigw_oauth.gateway.api import GatewayResponse
from apigw_oauth.gateway.gateway_response_types import RESPONSE_TYPES
from apigw_oauth.gateway.gateway_responses import GatewayResponses
from apigw_oauth.gateway.http_messages import HttpResponse
from apigw_oauth.gateway.refusal import RefusedError
from tests.gateway.fakes import api, mock_methods
from tests.gateway.rest_requests import exchange, rest_request


def render(
    name: str,
    responses: Mapping[str, GatewayResponse] | None = None,
    *,
    notices: list[str] | None = None,
    headers: tuple[tuple[str, str], ...] = (),
    message: str | None = None,
    context: dict[str, str] | None = None,
) -> HttpResponse:
    definition = api(
        *mock_methods("GET /pets/{id}"), gateway_responses=responses or {}, stage_variables={"v": "sv"}
    )
    request = rest_request("/dev/pets/p%20p?q=qv", headers, route="GET /pets/{id}", api=definition)
    refusal = RefusedError(name, decision="refused", reason="", message=message)
    told = [] if notices is None else notices
    known = exchange(request, authorizer_context=context, principal_id="someone")
    return GatewayResponses(definition, on_notice=told.append).render(refusal, known)


@pytest.mark.parametrize(
    ("name", "status", "body"),
    [
        ("UNAUTHORIZED", 401, b'{"message":"Unauthorized"}'),
        ("MISSING_AUTHENTICATION_TOKEN", 403, b'{"message":"Missing Authentication Token"}'),
        ("AUTHORIZER_CONFIGURATION_ERROR", 500, b'{"message":null}'),
        ("INTEGRATION_TIMEOUT", 504, b'{"message": "Endpoint request timed out"}'),
        ("INTEGRATION_FAILURE", 500, b'{"message": "Internal server error"}'),
        ("THROTTLED", 429, b'{"message":"Too Many Requests"}'),
        ("QUOTA_EXCEEDED", 429, b'{"message":"Limit Exceeded"}'),
        ("INVALID_API_KEY", 403, b'{"message":"Forbidden"}'),
    ],
)
def test_built_in_responses(name: str, status: int, body: bytes) -> None:
    found = render(name)
    assert (found.status, found.body) == (status, body)
    assert found.header("x-amzn-ErrorType") == RESPONSE_TYPES[name].error_type


@pytest.mark.parametrize(
    ("defined", "expected"),
    [
        ({"UNAUTHORIZED": 419, "DEFAULT_4XX": 418, "DEFAULT_5XX": 599}, 419),
        ({"DEFAULT_4XX": 418, "DEFAULT_5XX": 599}, 418),
        ({"DEFAULT_5XX": 599}, 401),
        ({"DEFAULT_4XX": None}, 401),
    ],
)
def test_own_definition_then_the_default_of_its_class_then_built_in(
    defined: dict[str, int | None], expected: int
) -> None:
    responses = {name: GatewayResponse(status=status) for name, status in defined.items()}
    assert render("UNAUTHORIZED", responses).status == expected


def test_templates_substitute_and_do_nothing_else() -> None:
    template = (
        '{"m":$context.error.messageString,"raw":"$context.error.message","t":"$context.error.responseType",'
        '"a":"$context.authorizer.a","p":"$context.authorizer.principalId","v":"$stageVariables.v",'
        '"h":"$method.request.header.X-H","q":"method.request.querystring.q","path":"$method.request.path.id",'
        '"id":"$context.requestId.","none":"$context.authorizer.none","vtl":"#if(1)","ip":"$context.identity.sourceIp"}'
    )
    responses = {"ACCESS_DENIED": GatewayResponse(templates={"application/json": template})}
    found = render(
        "ACCESS_DENIED",
        responses,
        headers=(("x-h", "hv"),),
        message='a "quoted" $context.stage',
        context={"a": "$context.requestId"},
    )
    assert found.body.decode() == (
        '{"m":"a \\"quoted\\" $context.stage","raw":"a "quoted" $context.stage","t":"ACCESS_DENIED",'
        '"a":"$context.requestId","p":"someone","v":"sv",'
        '"h":"hv","q":"qv","path":"p%20p",'
        '"id":"141d6671-99b4-40ca-9997-7a22f01eac74.","none":"","vtl":"#if(1)","ip":"15.248.3.126"}'
    )


def test_header_mappings() -> None:
    mappings = {
        "X-Static": "'it''s'",
        "X-Empty": "''",
        "X-Context": "context.resourcePath",
        "X-Authorizer": "context.authorizer.a",
        "X-Error": "context.error.responseType",
        "X-Stage": "stageVariables.v",
        "X-Header": "method.request.header.origin",
        "X-Query": "method.request.querystring.q",
        "X-Path": "method.request.path.id",
        "X-None": "context.authorizer.none",
        "content-type": "'text/x'",
    }
    found = render(
        "ACCESS_DENIED",
        {"DEFAULT_4XX": GatewayResponse(headers=mappings)},
        headers=(("Origin", "https://o"),),
        context={"a": "av"},
    )
    got = {name: value for name, value in found.headers if name.startswith("X-")}
    assert got == {
        "X-Static": "it''s", "X-Empty": "", "X-Context": "/pets/{id}", "X-Authorizer": "av",
        "X-Error": "ACCESS_DENIED", "X-Stage": "sv", "X-Header": "https://o", "X-Query": "qv", "X-Path": "p%20p",
    }  # fmt: skip
    assert [value for name, value in found.headers if name.lower() == "content-type"] == ["text/x"]


@pytest.mark.parametrize("value", ["a\r\nb", "a\nb", "a\x00b", "✓"])
def test_a_value_that_cannot_stand_in_a_header_is_left_out_with_a_notice(value: str) -> None:
    notices: list[str] = []
    responses = {"ACCESS_DENIED": GatewayResponse(headers={"X-C": "context.authorizer.c"})}
    found = render("ACCESS_DENIED", responses, notices=notices, context={"c": value})
    assert found.header("X-C") is None
    assert len(notices) == 1
    assert value not in notices[0]


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "application/json"),
        ("text/html;q=1, */*", "text/html"),
        ("application/json", "application/json"),
        ("image/png", "application/json"),
    ],
)
def test_the_template_of_the_accepted_type(accept: str | None, content_type: str) -> None:
    templates = {"text/html": "<p>", "application/json": "{}"}
    headers = (("Accept", accept),) if accept else ()
    found = render("UNAUTHORIZED", {"UNAUTHORIZED": GatewayResponse(templates=templates)}, headers=headers)
    assert found.header("Content-Type") == content_type
    assert found.body.decode() == templates[content_type]
