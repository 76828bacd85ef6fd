"""The development authorization server issues what the project's verifiers verify."""

from pathlib import Path
from typing import Any

import pytest

from apigw_oauth.authserver.settings import AuthserverSettings
from apigw_oauth.authserver.signing_keys import ALGORITHMS
from apigw_oauth.cli.local_stack import authserver_settings as module
from apigw_oauth.cli.local_stack.authserver_settings import authserver_settings, place_of
from apigw_oauth.project import load_project

ROUTES = '[routes]\n"GET /a" = { scopes = ["a"] }\n'
JWT = '[[verifiers]]\ntype = "jwt"\nissuer = "https://as.example.com"\njwks_uri = "https://as.example.com/jwks"\n'
INTROSPECTION = """[[verifiers]]
type = "introspection"
endpoint = "https://as.example.com/introspect"
client_id = "rs"
client_secret = "env:SECRET"
"""
AUTHLETE = '[[verifiers]]\ntype = "authlete"\nbase_url = "https://a"\nservice_id = "1"\nservice_access_token = "env:TOKEN"\nversion = 3\n'


def told(tmp_path: Path, content: str) -> dict[str, Any]:
    (tmp_path / "apigw-oauth.toml").write_text(f"{ROUTES}\n{content}")
    settings = authserver_settings(load_project(tmp_path), base_url="http://127.0.0.1:1", store=":memory:")
    AuthserverSettings.from_dict(settings)
    return settings


def test_where_every_verifier_reads_jwts_they_are_what_is_issued(tmp_path):
    jwts = JWT + 'audience = ["https://a", "https://b"]\nalgorithms = ["ES384", "PS256", "RS256"]\n'
    settings = told(tmp_path, jwts)
    assert settings["access_token_format"] == "jwt"
    assert settings["signing_algorithm"] == "PS256"
    assert settings["default_audience"] == ["https://a", "https://b"]


def test_where_a_verifier_asks_the_server_tokens_are_opaque_and_good_for_all(tmp_path):
    settings = told(
        tmp_path,
        JWT + 'audience = "https://a"\n' + INTROSPECTION + 'audience = "https://b"\n' + AUTHLETE,
    )
    assert settings["access_token_format"] == "opaque"
    assert settings["default_audience"] == ["https://a", "https://b"]
    assert settings["signing_algorithm"] is None


def test_without_verifiers_nothing_is_particular(tmp_path):
    settings = told(tmp_path, "")
    assert (settings["access_token_format"], settings["default_audience"]) == ("opaque", [])
    assert settings["implicit_grant"] is False


def test_what_a_reference_stands_for_is_not_an_audience(tmp_path):
    assert told(tmp_path, JWT + 'audience = "env:AUDIENCE"\n')["default_audience"] == []


def test_the_levels_that_routes_ask_for_can_be_reached(tmp_path):
    route = '"GET /b" = { scopes = [], acr_values = ["gold", "silver"] }\n[authorizer]\ncache = "off"\n'
    assert told(tmp_path, route)["supported_acrs"] == ["gold", "silver"]


def test_clients_say_how_they_authenticate_and_what_they_get(tmp_path):
    client = """[local]
implicit_grant = true
[[local.clients]]
client_id = "demo"
token_endpoint_auth_method = "private_key_jwt"
access_token_format = "jwt"
dpop_bound = true
[[local.clients.jwks.keys]]
kty = "EC"
crv = "P-256"
x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
"""
    settings = told(tmp_path, client)
    assert settings["implicit_grant"] is True
    read = AuthserverSettings.from_dict(settings).clients[0]
    assert (read.token_endpoint_auth_method, read.access_token_format, read.dpop_bound) == (
        "private_key_jwt",
        "jwt",
        True,
    )


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("service_name", "api.name"),
        ("scopes[0]", "routes"),
        ("supported_acrs", "routes"),
        ("default_audience", "verifiers"),
        ("signing_algorithm", "verifiers"),
        ("clients[0].jwks", "local.clients[0].jwks"),
    ],
)
def test_a_mistake_is_named_where_a_person_wrote_it(key, place):
    assert place_of(key) == place


def test_the_algorithms_are_those_of_the_server():
    assert set(module.SIGNING_ALGORITHMS) == set(ALGORITHMS)
