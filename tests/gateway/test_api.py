from typing import Any

import pytest

from apigw_oauth.gateway.api import (
    ApiDefinitionError,
    Authorizer,
    GatewayResponse,
    HttpProxy,
    Method,
    Mock,
    RestApi,
)
from tests.gateway.fakes import FakeFunction, api, mock_methods

FUNCTION = FakeFunction(lambda _: None)
HEADER = ("method.request.header.Authorization",)


def test_an_api_without_identifier_gets_one_that_stays() -> None:
    first, second = (RestApi(name=name, stage="dev", methods=()) for name in ("a", "b"))
    assert first.api_id == RestApi(name="a", stage="prod", methods=()).api_id != second.api_id
    assert len(first.api_id) == 10
    assert first.api_id.isalnum()


@pytest.mark.parametrize(
    ("routes", "message"),
    [
        (["GET /a", "GET /a"], "one method"),
        (["GET /p/{a}", "GET /p/{b}"], "GET /p/{b} and GET /p/{a} are one method"),
        (["ANY /p/{a+}", "ANY /p/{b+}"], "one method"),
    ],
)
def test_a_method_exists_once(routes: list[str], message: str) -> None:
    with pytest.raises(ApiDefinitionError, match=message):
        api(*mock_methods(*routes))


@pytest.mark.parametrize(
    ("verb", "path", "message"),
    [
        ("get", "/", "HTTP method"),
        ("CONNECT", "/", "HTTP method"),
        ("GET", "pets", "does not begin"),
        ("GET", "/{a+}/b", "greedy"),
    ],
)
def test_a_method_that_api_gateway_would_refuse(verb: str, path: str, message: str) -> None:
    with pytest.raises(ApiDefinitionError, match=message):
        Method(verb, path, authorized=False, integration=Mock(""))


def test_an_authorized_method_needs_an_authorizer() -> None:
    with pytest.raises(ApiDefinitionError, match="GET /a is authorized, but the API has no authorizer"):
        api(*mock_methods("GET /a", authorized=True))


@pytest.mark.parametrize("stage", ["", "a/b", "a b", "$default", "ä", "x" * 129])
def test_a_stage_has_a_plain_name(stage: str) -> None:
    with pytest.raises(ApiDefinitionError, match="stage"):
        api(stage=stage)


@pytest.mark.parametrize(
    ("type_", "sources", "validation", "ttl", "message"),
    [
        ("JWT", HEADER, None, 0, "neither TOKEN nor REQUEST"),
        ("REQUEST", HEADER, None, 3601, "TTL"),
        ("REQUEST", HEADER, None, -1, "TTL"),
        ("REQUEST", (), None, 1, "needs an identity source"),
        ("REQUEST", HEADER, "x", 1, "TOKEN authorizers only"),
        ("REQUEST", ("$request.header.Authorization",), None, 1, "identity source"),
        ("REQUEST", ("method.request.path.id",), None, 1, "identity source"),
        ("REQUEST", ("context.authorizer.x",), None, 1, "context variables are"),
        ("TOKEN", (), None, 0, "exactly one"),
        ("TOKEN", (*HEADER, *HEADER), None, 0, "exactly one"),
        ("TOKEN", ("method.request.querystring.t",), None, 0, "exactly one"),
        ("TOKEN", HEADER, "(", 0, "regular expression"),
    ],
)
def test_an_authorizer_that_api_gateway_would_refuse(
    type_: Any, sources: tuple[str, ...], validation: str | None, ttl: int, message: str
) -> None:
    with pytest.raises(ApiDefinitionError, match=message):
        Authorizer(type_, sources, validation, ttl, FUNCTION)


@pytest.mark.parametrize(
    "url",
    [
        "", "ftp://a/", "http://", "http:///x", "//host/x", "http://{id}/x", "http://a:b/", "http://a:0/",
        "http://a/ü", "http://a/b c", "http://[::1/",
    ],
)  # fmt: skip
def test_an_http_integration_needs_a_usable_url(url: str) -> None:
    with pytest.raises(ApiDefinitionError, match="integration URL"):
        HttpProxy(url)


def test_an_http_integration_names_path_parameters_of_its_method() -> None:
    with pytest.raises(ApiDefinitionError, match=r"\{other\} of the integration URL is not in the path"):
        Method("GET", "/pets/{id}", authorized=False, integration=HttpProxy("http://h/{id}/{other}"))
    proxy = HttpProxy("http://h/{id}/{proxy+}")
    Method("GET", "/pets/{id}/{proxy+}", authorized=False, integration=proxy)
    assert proxy.target_for({"id": "a%2F", "proxy": "b/c"}, "") == "/a%2F/b/c"


def test_path_parameters_cannot_move_the_parts_of_an_integration_url() -> None:
    proxy = HttpProxy("http://h/{a}?b={a}&c=1")
    assert proxy.target_for({"a": "x#y?z@w"}, "d=2") == "/x#y?z@w?b=x#y?z@w&c=1&d=2"
    assert proxy.origin == "http://h"
    assert HttpProxy("http://h").target_for({}, "") == "/"


@pytest.mark.parametrize(
    ("header", "value", "message"),
    [
        ("A B", "'x'", "not a header name"),
        ("Content-Length", "'1'", "belongs to the connection"),
        ("X", "x", "neither"),
        ("X", "'a\r\nB: c'", "no header may have"),
        ("X", "'\u2713'", "no header may have"),
        ("X", "context.nope", "does not know|not a context variable"),
        ("X", "integration.response.header.X", "neither"),
    ],
)
def test_a_gateway_response_header_that_cannot_be(header: str, value: str, message: str) -> None:
    with pytest.raises(ApiDefinitionError, match=message):
        GatewayResponse(headers={header: value})


@pytest.mark.parametrize(
    "content_type",
    ["", "text", "text/€", "text/ü", "text/html\r\nX: 1", "text/html; a=\n", "text/html\n", "a b/c", "/", "text/"],
)
def test_a_template_has_a_content_type_that_can_be_sent(content_type: str) -> None:
    with pytest.raises(ApiDefinitionError, match="not a content type"):
        GatewayResponse(templates={content_type: "{}"})
    GatewayResponse(templates={"application/problem+json": "{}", "text/html; charset=utf-8": ""})


@pytest.mark.parametrize("status", [99, 100, 600])
def test_statuses_are_final_ones(status: int) -> None:
    with pytest.raises(ApiDefinitionError):
        GatewayResponse(status=status)
    with pytest.raises(ApiDefinitionError):
        Mock("", status=status)


@pytest.mark.parametrize("name", ["NOPE", "REQUEST_TOO_LARGE", "FORBIDDEN"])
def test_only_known_gateway_responses_can_be_customised(name: str) -> None:
    with pytest.raises(ApiDefinitionError, match=name):
        api(gateway_responses={name: GatewayResponse()})
