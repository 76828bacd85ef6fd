"""Projects of HTTP APIs: routes, payload formats, simple responses, identity sources."""

import json
from pathlib import Path

import pytest

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.lambda_handler import make_handler
from tests.project.conftest import Load

HTTP = """
[api]
type = "http"

[routes]
"GET /health" = "public"
"GET /pets/{id}" = ["pets:read"]
"$default" = ["admin"]

[authorizer]

[[verifiers]]
type = "authlete"
base_url = "https://a.example"
api_key = "env:KEY"
api_secret = "env:SECRET"
"""


def with_authorizer(*lines: str) -> str:
    return HTTP.replace("[authorizer]", "\n".join(["[authorizer]", *lines]))


def test_the_defaults_are_what_aws_recommends(load: Load):
    project = load(HTTP)
    assert project.file.api.stage == "$default"
    assert project.authorizer_definition() == (
        "REQUEST", ("$request.header.Authorization", "$context.routeKey"), None, 60, "2.0", True,
    )  # fmt: skip
    compiled = project.authorizer_settings()
    assert (compiled["event"], compiled["cache"]) == ("http-2.0-simple", "route")
    assert {"route": "$default", "any_of": [["admin"]]} in compiled["routes"]
    assert callable(make_handler(compiled, environ={"KEY": "k", "SECRET": "s"}))
    assert project.gateway_responses() == {}


def test_a_stage_may_have_a_name(load: Load):
    assert load(HTTP.replace("[routes]", 'stage = "v1"\n[routes]')).file.api.stage == "v1"


@pytest.mark.parametrize(
    ("lines", "event", "cache", "sources", "ttl"),
    [
        (['payload_format = "1.0"'], "http-1.0", "route", ("$request.header.Authorization", "$context.routeKey"), 60),
        (["simple_responses = false"], "http-2.0", "route", ("$request.header.Authorization", "$context.routeKey"), 60),
        (['cache = "token"'], "http-2.0", "token", ("$request.header.Authorization",), 60),
        (['cache = "off"'], "http-2.0-simple", "off", ("$request.header.Authorization",), 0),
        (
            ['cache = "off"', 'identity_sources = ["$request.querystring.q", "$context.identity.sourceIp", "$stageVariables.x"]'],
            "http-2.0-simple", "off", ("$request.querystring.q", "$context.identity.sourceIp", "$stageVariables.x"), 0,
        ),
        (['cache = "token"', "cache_ttl = 0", "simple_responses = true"], "http-2.0-simple", "off", ("$request.header.Authorization",), 0),
        (
            ['cache = "token"', "simple_responses = true", 'identity_sources = ["$request.header.Authorization", "$context.routeKey"]'],
            "http-2.0-simple", "route", ("$request.header.Authorization", "$context.routeKey"), 60,
        ),
    ],
)  # fmt: skip
def test_the_file_decides_about_format_and_cache(load: Load, lines, event, cache, sources, ttl):
    project = load(with_authorizer(*lines))
    compiled, definition = project.authorizer_settings(), project.authorizer_definition()
    assert (compiled["event"], compiled["cache"]) == (event, cache)
    assert (definition.identity_sources, definition.ttl) == (sources, ttl)
    assert callable(make_handler(compiled, environ={"KEY": "k", "SECRET": "s"}))


def test_simple_responses_that_would_be_kept_for_every_route_are_loaded_for_check_and_never_compiled(load: Load):
    project = load(with_authorizer('cache = "token"', "simple_responses = true"))
    assert project.authorizer_definition().simple_responses
    for local in (None, {"base_url": "http://127.0.0.1:1", "api_key": "k", "api_secret": "s"}):
        with pytest.raises(SettingsError, match=r"simple_responses: .*use authorizer.cache = \"route\""):
            project.authorizer_settings(local=local)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (with_authorizer('event = "token"'), "authorizer.event: only REST APIs"),
        (with_authorizer('payload_format = "3.0"'), "authorizer.payload_format"),
        (with_authorizer('payload_format = "1.0"', "simple_responses = true"), "authorizer.simple_responses"),
        (with_authorizer('identity_sources = ["method.request.header.Authorization"]'), r"\$request.header."),
        (
            with_authorizer('identity_sources = ["$request.header.X-Key"]'),
            r"must have \$request.header.Authorization",
        ),
        (with_authorizer('identity_sources = ["$request.header."]'), "authorizer.identity_sources"),
        (with_authorizer('identity_validation = "x"'), "authorizer.identity_validation"),
        (HTTP + "[gateway_responses.UNAUTHORIZED]\nheaders = { X = \"'y'\" }", "gateway_responses: only REST"),
        (HTTP.replace('"$default"', '"$connect"'), r'routes."\$connect"'),
        (HTTP.replace('"$default"', '"default"'), 'routes."default"'),
        (HTTP.replace("[routes]", 'stage = "a/b"\n[routes]'), "api.stage"),
    ],
)
def test_a_mistake_is_told(load: Load, text, key):
    with pytest.raises(SettingsError, match=key):
        load(text)


DOCUMENT = {
    "openapi": "3.0.3",
    "components": {"securitySchemes": {"oauth": {"type": "oauth2", "flows": {}}}},
    "paths": {
        "/pets": {"get": {"security": [{"oauth": ["pets:read"]}]}, "post": {}},
        "/files/{proxy+}": {"x-amazon-apigateway-any-method": {"security": [{"oauth": []}]}},
        "/$default": {"x-amazon-apigateway-any-method": {"security": [{"oauth": ["admin"]}]}},
    },
}


def test_an_openapi_document_may_be_about_an_http_api(load: Load, tmp_path: Path):
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT))
    project = load('[api]\ntype = "http"\nopenapi = "openapi.json"\n[routes]\n"GET /health" = "public"')
    assert {one.route.key: one.declared_by for one in project.routes} == {
        "GET /pets": "openapi", "POST /pets": "openapi", "ANY /files/{proxy+}": "openapi", "$default": "openapi",
        "GET /health": "routes",
    }  # fmt: skip
    assert [one.route.key for one in project.routes if not one.route.any_of] == ["POST /pets"]
    assert project.openapi == DOCUMENT


def test_a_rest_api_has_no_default_route_in_its_document_either(load: Load, tmp_path: Path):
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT))
    with pytest.raises(SettingsError, match=r"paths./\$default"):
        load('[api]\nopenapi = "openapi.json"')
