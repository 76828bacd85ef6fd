"""Projects of WebSocket APIs: the handshake, and the routes that no authorizer is asked about."""

import pytest

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.lambda_handler import make_handler
from tests.project.conftest import Load

CHAT = """
[api]
type = "websocket"

[routes]
"$connect" = { scopes = ["chat"], integration = { lambda = "functions.py:connect" } }
"$disconnect" = { integration = { lambda = "functions.py:gone" } }
"$default" = { integration = { mock = "" } }
"sendMessage" = { integration = { lambda = "functions.py:send" } }

[authorizer]

[[verifiers]]
type = "authlete"
base_url = "https://a.example"
api_key = "env:KEY"
api_secret = "env:SECRET"
"""


def test_the_authorizer_is_asked_about_the_handshake_only(load: Load):
    project = load(CHAT)
    compiled = project.authorizer_settings()
    assert (compiled["event"], compiled["cache"]) == ("websocket", "off")
    assert compiled["routes"] == [{"route": "$connect", "any_of": [["chat"]]}]
    assert [(one.key, one.integration is not None) for one in project.message_routes] == [
        ("$disconnect", True), ("$default", True), ("sendMessage", True),
    ]  # fmt: skip
    assert project.scopes() == ("chat",)
    assert callable(make_handler(compiled, environ={"KEY": "k", "SECRET": "s"}))


@pytest.mark.parametrize("lines", ["", 'cache = "route"\ncache_ttl = 300', 'cache = "token"'])
def test_nothing_is_cached_whatever_the_file_says(load: Load, lines):
    project = load(CHAT.replace("[authorizer]", f"[authorizer]\n{lines}"))
    assert project.cache == "off"
    assert project.authorizer_definition() == (
        "REQUEST", ("route.request.header.Authorization",), None, 0, None, False,
    )  # fmt: skip
    assert project.file.api.stage == "dev"


def test_identity_sources_have_the_names_of_websocket_apis(load: Load):
    sources = ["route.request.querystring.t", "context.identity.sourceIp", "stageVariables.x"]
    text = CHAT.replace("[authorizer]", f"[authorizer]\nidentity_sources = {sources}")
    assert load(text).authorizer_definition().identity_sources == tuple(sources)


def test_a_handshake_may_be_public(load: Load):
    project = load('[api]\ntype = "websocket"\n[routes]\n"$connect" = "public"')
    assert project.routes[0].route.public


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('"$connect"', '"$connected"', r"\$connected"),
        ('"$connect"', '"connect"', 'routes."connect": must have an integration and nothing else'),
        ('"sendMessage"', '"GET /pets"', 'routes."GET /pets"'),
        ('"sendMessage" = { integration', '"sendMessage" = { scopes = ["a"], integration', r'"sendMessage": .*\$connect only'),
        ('"$default" = { integration', '"$default" = { public = true, integration', r'"\$default": .*\$connect only'),
        ('"sendMessage" = { integration = { lambda = "functions.py:send" } }', '"sendMessage" = "public"', "sendMessage"),
        ('"functions.py:send"', '"absent.py:send"', "absent.py"),
        ('lambda = "functions.py:send"', "", "one of lambda, http, mock"),
        ('lambda = "functions.py:send"', "aws = 1", "sendMessage.*aws"),
        ('type = "websocket"', 'type = "websocket"\nopenapi = "openapi.yaml"', "api.openapi"),
        ('type = "websocket"', 'type = "websocket"\nstage = "$default"', "api.stage"),
        ("[authorizer]", '[authorizer]\nevent = "token"', "authorizer.event"),
        ("[authorizer]", "[authorizer]\nsimple_responses = true", "authorizer.simple_responses"),
        ("[authorizer]", '[authorizer]\npayload_format = "1.0"', "authorizer.payload_format"),
        ("[authorizer]", '[authorizer]\nidentity_sources = ["method.request.header.Authorization"]', "route.request.header."),
        ("[[verifiers]]", "[gateway_responses.UNAUTHORIZED]\nstatus = 400\n[[verifiers]]", "gateway_responses"),
    ],
)  # fmt: skip
def test_a_mistake_is_told(load: Load, old, new, key):
    assert old in CHAT
    with pytest.raises(SettingsError, match=key):
        load(CHAT.replace(old, new, 1))


@pytest.mark.parametrize("value", ['"public"', "{ public = true }", '["chat"]'])
def test_a_message_that_is_said_to_require_something_shows_what_to_write(load: Load, value: str):
    with pytest.raises(SettingsError) as caught:
        load(CHAT.replace('{ integration = { mock = "" } }', value))
    assert str(caught.value).endswith('write { integration = { lambda = "functions.py:name" } }')


def test_without_a_requirement_for_the_handshake_everybody_could_connect(load: Load):
    with pytest.raises(SettingsError, match=r'routes: "\$connect" is missing'):
        load('[api]\ntype = "websocket"\n[routes]\n"$default" = { integration = { mock = "" } }')
