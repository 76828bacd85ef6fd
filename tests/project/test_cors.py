"""What browsers are told: cors_origins in [api]."""

import pytest

from apigw_oauth.authorizer.errors import SettingsError

PROJECT = """
    [api]
    type = "{kind}"
    {api}
    [routes]
    "GET /pets" = ["pets:read"]
    "POST /pets" = ["pets:write"]
    "ANY /pets/{{id}}" = ["pets:read"]
    "OPTIONS /own" = "public"
    "GET /own" = "public"
    """
ONE = 'cors_origins = ["https://app.example.com"]'


def test_each_path_of_a_rest_api_answers_preflight_requests_unless_it_does_already(load):
    project = load(PROJECT.format(kind="rest", api=ONE))
    preflights = project.preflight_routes()
    assert [one.key for one in preflights] == ["OPTIONS /pets", "OPTIONS /pets/{id}"]
    assert preflights[0].headers == {
        "Access-Control-Allow-Origin": "https://app.example.com",
        "Access-Control-Allow-Methods": "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT",
        "Access-Control-Allow-Headers": "Authorization,Content-Type,DPoP,*",
        "Access-Control-Max-Age": "600",
    }
    assert [one.route.method for one in project.routes].count("OPTIONS") == 1


@pytest.mark.parametrize(
    ("api", "origin"), [(ONE, "https://app.example.com"), ('cors_origins = ["*"]', "*"), ("", "*")]
)
def test_gateway_responses_name_the_origin(load, api, origin):
    for response in load(PROJECT.format(kind="rest", api=api)).gateway_responses().values():
        assert response.headers["Access-Control-Allow-Origin"] == f"'{origin}'"


def test_an_http_api_has_a_configuration_and_no_routes_for_it(load):
    several = 'cors_origins = ["https://app.example.com", "http://localhost:3000", "https://app.example.com"]'
    project = load(PROJECT.format(kind="http", api=several))
    told = project.cors()
    assert told.origins == ("https://app.example.com", "http://localhost:3000")
    assert (told.headers, told.max_age) == (("Authorization", "Content-Type", "DPoP", "*"), 600)
    assert told.exposed == ("WWW-Authenticate", "DPoP-Nonce", "*")
    assert project.preflight_routes() == ()


@pytest.mark.parametrize("kind", ["rest", "http"])
def test_without_origins_nothing_is_told(load, kind):
    project = load(PROJECT.format(kind=kind, api=""))
    assert (project.cors(), project.preflight_routes()) == (None, ())


@pytest.mark.parametrize(
    ("kind", "origins", "told"),
    [
        ("rest", '"https://a.example", "https://b.example"', "can name one origin"),
        ("http", '"*", "https://b.example"', "stands for every origin; remove the others"),
        ("http", '"https://a.example/"', r"api.cors_origins\[0\]: must be an origin"),
        ("http", '"app.example"', "must be an origin"),
        ("rest", '"https://it\'s.example"', "must be an origin"),
    ],
)
def test_origins_that_cannot_be_told(load, kind, origins, told):
    with pytest.raises(SettingsError, match=told):
        load(PROJECT.format(kind=kind, api=f"cors_origins = [{origins}]"))


def test_browsers_ask_nothing_before_a_websocket(load):
    with pytest.raises(SettingsError, match="compare the header Origin"):
        load(f'[api]\ntype = "websocket"\n{ONE}\n[routes]\n"$connect" = "public"')
