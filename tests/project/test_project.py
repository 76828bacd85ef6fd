"""The project file: what it may say, what it compiles to, and how its mistakes are told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.lambda_handler import make_handler
from apigw_oauth.project import load_project

GOOD = """
[api]
name = "mydemo"
stage = "dev"

[routes]
"GET /health" = "public"
"GET /mydemoresource" = { scopes = ["profile"], integration = { lambda = "functions.py:hello" } }
"GET /pets/{id}" = { any_of = [["pets:read"], ["pets:admin"]], integration = { http = "http://127.0.0.1:9/pets/{id}" } }
"GET /me" = { scopes = [], integration = { mock = '{"ok":true}' } }
"POST /pets" = { scopes = ["pets:write"], any_of = [["a"], ["b", "c"]] }
"ANY /admin/{proxy+}" = ["admin"]

[authorizer]

[[verifiers]]
type = "authlete"
version = 3
base_url = "https://eu.authlete.com"
service_id = "123"
service_access_token = "env:AUTHLETE_TOKEN"

[local]
gateway = "127.0.0.1:8080"

[[local.clients]]
client_id = "demo"

[[local.users]]
login = "john"
password = "geheim"
"""


def test_routes_compile_to_what_a_token_needs(load):
    routes = {entry["route"]: entry for entry in load(GOOD).authorizer_settings()["routes"]}
    assert routes == {
        "GET /health": {"route": "GET /health", "public": True},
        "GET /mydemoresource": {"route": "GET /mydemoresource", "any_of": [["profile"]]},
        "GET /pets/{id}": {"route": "GET /pets/{id}", "any_of": [["pets:read"], ["pets:admin"]]},
        "GET /me": {"route": "GET /me", "any_of": [[]]},
        "POST /pets": {"route": "POST /pets", "any_of": [["a", "pets:write"], ["b", "c", "pets:write"]]},
        "ANY /admin/{proxy+}": {"route": "ANY /admin/{proxy+}", "any_of": [["admin"]]},
    }


def test_references_stay_references_and_the_settings_start(load):
    settings = load(GOOD).authorizer_settings()
    assert settings["verifiers"][0]["service_access_token"] == "env:AUTHLETE_TOKEN"
    assert callable(make_handler(settings, environ={"AUTHLETE_TOKEN": "x"}))


def test_the_development_server_takes_the_place_of_the_verifiers(load):
    local = {
        "base_url": "http://127.0.0.1:1",
        "api_key": "k",
        "api_secret": "s",
        "service_id": "i",
        "service_access_token": "t",
    }
    (table,) = load(GOOD).authorizer_settings(local=local)["verifiers"]
    assert table == {
        "type": "authlete", "version": 3, "base_url": "http://127.0.0.1:1", "service_id": "i", "service_access_token": "t",
    }  # fmt: skip
    without = GOOD[: GOOD.index("[[verifiers]]")]
    (table,) = load(without).authorizer_settings(local=local)["verifiers"]
    assert (table["version"], table["api_key"], table["api_secret"]) == (2, "k", "s")
    with pytest.raises(SettingsError, match="verifiers"):
        load(without).authorizer_settings()


def test_the_cache_mode_decides_what_the_key_holds(load):
    definition = load(GOOD).authorizer_definition()
    assert definition.type == "REQUEST"
    assert definition.identity_sources == (
        "method.request.header.Authorization",
        "context.resourceId",
        "context.httpMethod",
    )
    assert definition.ttl == 60
    off = load(GOOD.replace("[authorizer]", '[authorizer]\ncache = "off"')).authorizer_definition()
    assert (off.identity_sources, off.ttl) == (("method.request.header.Authorization",), 0)
    token = load(
        GOOD.replace("[authorizer]", '[authorizer]\nevent = "token"\ncache_ttl = 300')
    ).authorizer_definition()
    assert (token.type, token.identity_sources, token.ttl) == (
        "TOKEN",
        ("method.request.header.Authorization",),
        300,
    )
    assert (
        load(GOOD.replace("[authorizer]", '[authorizer]\nevent = "token"')).authorizer_settings()["cache"]
        == "token"
    )


def test_somebody_elses_authorizer_keeps_its_own_identity_sources(load):
    text = GOOD.replace(
        "[authorizer]",
        '[authorizer]\nhandler = "functions.py:x"\nidentity_sources = ["method.request.header.X-Key"]',
    )
    assert load(text).authorizer_definition().identity_sources == ("method.request.header.X-Key",)


def test_gateway_responses_have_challenges_and_cors_without_being_asked(load):
    responses = load(GOOD).gateway_responses()
    assert responses["UNAUTHORIZED"].headers["WWW-Authenticate"] == "'Bearer'"
    assert responses["ACCESS_DENIED"].headers["WWW-Authenticate"] == "context.authorizer.wwwAuthenticate"
    assert responses["ACCESS_DENIED"].status is None
    assert responses["DEFAULT_5XX"].headers["Access-Control-Allow-Origin"] == "'*'"
    dynamic = load(GOOD.replace("[authorizer]", '[authorizer]\nrefusals = "dynamic-401"')).gateway_responses()
    assert dynamic["ACCESS_DENIED"].status == 401


def test_gateway_responses_of_the_file_go_over_the_defaults(load):
    text = (
        GOOD
        + '[gateway_responses.UNAUTHORIZED]\nheaders = { "WWW-Authenticate" = "\'Bearer realm=x\'" }\n[gateway_responses.THROTTLED]\nstatus = 503\n'
    )
    responses = load(text).gateway_responses()
    assert responses["UNAUTHORIZED"].headers["WWW-Authenticate"] == "'Bearer realm=x'"
    assert "Access-Control-Allow-Origin" in responses["UNAUTHORIZED"].headers
    assert responses["THROTTLED"].status == 503


def test_a_project_is_named_by_its_directory_or_its_file(load, tmp_path):
    load(GOOD)
    assert load_project(tmp_path / "apigw-oauth.toml").directory == tmp_path
    assert load_project(str(tmp_path)).path == tmp_path / "apigw-oauth.toml"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('stage = "dev"', 'stge = "dev"', "api.stge"),
        ('stage = "dev"', "stage = 5", "api.stage"),
        ('stage = "dev"', 'stage = "a/b"', "api.stage"),
        ('name = "mydemo"', 'type = "soap"', "api.type"),
        ('stage = "dev"', 'stage = "$default"', "api.stage"),
        ('"GET /health"', '"$default"', 'routes."$default"'),
        ('"GET /health"', '"$connect"', 'routes."$connect"'),
        ("[authorizer]", '[authorizer]\npayload_format = "2.0"', "authorizer.payload_format"),
        ("[authorizer]", "[authorizer]\nsimple_responses = false", "authorizer.simple_responses"),
        ("[authorizer]", '[authorizer]\nidentity_sources = ["$request.header.Authorization"]', "identity_sources"),
        ('name = "mydemo"', 'openapi = "absent.yaml"', "absent.yaml"),
        ("[api]", "[api", "line"),
        ("[api]", "[apis]", "apis"),
        ('"GET /health"', '"GET health"', 'routes."GET health"'),
        ('"GET /health"', '"FETCH /health"', 'routes."FETCH /health"'),
        ('"GET /health" = "public"', '"GET /health" = "open"', 'routes."GET /health"'),
        ('"GET /health" = "public"', '"GET /health" = {}', 'routes."GET /health"'),
        ('"GET /health" = "public"', '"GET /health" = { public = true, scopes = [] }', 'routes."GET /health"'),
        ('"GET /health" = "public"', '"GET /health" = { public = false }', "public"),
        ('["profile"]', '["pro file"]', "mydemoresource"),
        ('["profile"]', '"profile"', "scopes"),
        ('["admin"]', "[1]", 'routes."ANY /admin/{proxy+}".scopes[0]'),
        ('[["pets:read"], ["pets:admin"]]', "[]", "any_of"),
        ('"GET /me" = { scopes', '"GET /pets/{x}" = { scopes', "are one route"),
        ("functions.py:hello", "absent.py:hello", "absent.py"),
        ("functions.py:hello", "functions.hello", "lambda"),
        ("{ mock = '{\"ok\":true}' }", "{ mock = '', http = 'http://a' }", "one of lambda, http, mock"),
        ("{ mock = '{\"ok\":true}' }", "{}", "one of lambda, http, mock"),
        ('http = "http', 'http = "ftp', "http"),
        ("[authorizer]", '[authorizer]\ncache = "yes"', "authorizer.cache"),
        ("[authorizer]", "[authorizer]\ncache_ttl = 3601", "authorizer.cache_ttl"),
        ("[authorizer]", "[authorizer]\ncache_ttl = true", "authorizer.cache_ttl"),
        ("[authorizer]", '[authorizer]\nevent = "token"\ncache = "route"', "authorizer.cache"),
        ("[authorizer]", '[authorizer]\nidentity_sources = ["header.X"]', "identity_sources"),
        ("[authorizer]", '[authorizer]\nidentity_sources = ["method.request.header.X"]', "identity_sources"),
        ("[authorizer]", '[authorizer]\nidentity_validation = "x"', "identity_validation"),
        ("[authorizer]", '[authorizer]\nevent = "token"\nidentity_validation = "("', "identity_validation"),
        ("[authorizer]", '[authorizer]\ncontext = ["claims"]', "claims"),
        ("[authorizer]", '[authorizer]\nhandler = "absent.py:f"', "absent.py"),
        ("[authorizer]", "[authorizer]\nsimple_responses = true", "simple_responses"),
        ('type = "authlete"', 'type = "magic"', "magic"),
        ("version = 3", "version = 2", "service_id"),
        ('service_id = "123"', "", "service_id"),
        ("https://eu.authlete.com", "http://eu.authlete.com", "base_url"),
        ("127.0.0.1:8080", "8080", "local.gateway"),
        ('client_id = "demo"', 'client_id = ""', "local.clients[0].client_id"),
        ('password = "geheim"', "password = 5", "local.users[0].password"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_file_and_key(load, tmp_path, old, new, key):
    assert old in GOOD
    with pytest.raises(SettingsError) as caught:
        load(GOOD.replace(old, new, 1))
    assert str(tmp_path) in str(caught.value)
    assert key in str(caught.value)


def test_all_mistakes_are_told_at_once_and_no_value(load):
    with pytest.raises(SettingsError) as caught:
        load(GOOD.replace('password = "geheim"', "password = 4711").replace('name = "mydemo"', "nme = 1"))
    assert len(str(caught.value).splitlines()) == 2
    assert "4711" not in str(caught.value)


def test_a_file_that_is_not_there_says_how_to_make_one(tmp_path):
    with pytest.raises(SettingsError, match="apigw-oauth new"):
        load_project(tmp_path)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x00", b"a" * 10, b"[" * 5000])
def test_a_file_that_is_no_toml(tmp_path, content):
    (tmp_path / "apigw-oauth.toml").write_bytes(content)
    with pytest.raises(SettingsError):
        load_project(tmp_path)


def test_a_table_without_routes_is_refused(load):
    with pytest.raises(SettingsError, match="routes"):
        load("[api]")


VALUES: Any = st.sampled_from(['""', "5", "true", "[]", "{}", '"x"', '["x"]', "[[]]", '"env:X"', "-1", "1.5"])


@given(key=st.sampled_from(["api.name", "api.stage", "api.type", "authorizer.payload_format", "authorizer.simple_responses", "routes.'GET /x'", "routes.x", "authorizer.event", "authorizer.context",
                            "authorizer.identity_sources", "gateway_responses", "gateway_responses.X", "verifiers", "local.store",
                            "local.clients", "local.users", "x"]), value=VALUES)  # fmt: skip
def test_any_value_anywhere_is_accepted_or_told(tmp_path_factory, key, value):
    directory = tmp_path_factory.mktemp("p")
    (directory / "apigw-oauth.toml").write_text(f'{key} = {value}\nroutes."GET /" = []\n')
    try:
        load_project(directory)
    except SettingsError as error:
        assert "apigw-oauth.toml" in str(error)


@pytest.mark.parametrize(
    "required",
    ["max_age = 0", 'acr_values = ["silver"]', "sender_constrained = true", 'authorization_details = ["payment"]'],
)
def test_what_is_looked_at_each_time_is_not_kept(load, required):
    project = load(f"""
        [routes]
        "GET /a" = {{ scopes = [], {required} }}
        [[verifiers]]
        type = "authlete"
        base_url = "https://api.authlete.com"
        api_key = "k"
        api_secret = "env:SECRET"
        """)
    with pytest.raises(
        SettingsError, match=rf'"GET /a"\.{required.partition(" ")[0]}: .* authorizer.cache = "off"'
    ):
        project.authorizer_settings()


@pytest.mark.parametrize(
    "required", ["max_age = -1", "acr_values = []", "authorization_details = []", 'max_age = "5"']
)
def test_what_makes_no_sense_is_told_at_once(load, required):
    with pytest.raises(SettingsError, match=required.partition(" ")[0]):
        load(f'[routes]\n"GET /a" = {{ scopes = [], {required} }}')
