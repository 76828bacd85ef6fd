"""RFC 9728: what clients may know of an API before they have a token."""

import pytest

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.project import resource_metadata

PROJECT = """
    [api]
    {api}
    [routes]
    "GET /health" = "public"
    "GET /accounts" = {{ scopes = ["accounts"], authorization_details = ["account"] }}
    "GET /pets" = ["pets:read"]
    [authorizer]
    cache = "{cache}"
    [[verifiers]]
    type = "jwt"
    issuer = "https://as.example.com"
    audience = "https://api.example.com"
    discovery = true
    [[verifiers]]
    type = "introspection"
    endpoint = "https://as.example.com/introspect"
    client_id = "api"
    client_secret = "env:SECRET"
    """
URLS = 'public_base_urls = ["https://api.example.com", "https://alias.example.com"]'


@pytest.mark.rule("R62")
def test_the_document_says_whom_to_ask_and_for_what(load):
    assert load(PROJECT.format(api=URLS, cache="off")).resource_metadata() == {
        "resource": "https://api.example.com",
        "authorization_servers": ["https://as.example.com"],
        "scopes_supported": ["accounts", "pets:read"],
        "bearer_methods_supported": ["header"],
        "authorization_details_types_supported": ["account"],
        "dpop_signing_alg_values_supported": ["ES256", "PS256", "RS256", "EdDSA", "Ed25519"],
        "tls_client_certificate_bound_access_tokens": True,
    }


@pytest.mark.rule("R62")
def test_where_answers_are_kept_no_bound_token_is_promised(load):
    project = PROJECT.replace(', authorization_details = ["account"]', "").format(api=URLS, cache="route")
    assert not {"dpop_signing_alg_values_supported", "tls_client_certificate_bound_access_tokens"} & set(
        load(project).resource_metadata()
    )


@pytest.mark.rule("R61")
def test_the_identifier_is_the_one_that_is_configured_letter_by_letter(load):
    api = f'{URLS}\nresource = "https://api.example.com/v1/"'
    project = load(PROJECT.format(api=api, cache="off"))
    assert project.resource_metadata()["resource"] == "https://api.example.com/v1/"
    assert project.authorizer_settings()["resource"] == "https://api.example.com/v1/"


def test_without_an_identifier_there_is_no_document(load):
    with pytest.raises(SettingsError, match=r"apigw-oauth.toml: api.resource: is missing"):
        load(PROJECT.format(api="", cache="off")).resource_metadata()


@pytest.mark.rule("R63")
@pytest.mark.parametrize(
    ("resource", "url"),
    [
        ("https://h", "https://h/.well-known/oauth-protected-resource"),
        ("https://h/", "https://h/.well-known/oauth-protected-resource"),
        ("https://h/prod/mcp", "https://h/.well-known/oauth-protected-resource/prod/mcp"),
        ("https://h:8443/mcp?x=1", "https://h:8443/.well-known/oauth-protected-resource/mcp?x=1"),
    ],
)
def test_the_path_of_the_identifier_is_put_in_after_the_host(resource, url):
    assert resource_metadata.well_known_url(resource) == url


@pytest.mark.rule("R64")
@pytest.mark.parametrize(
    ("api", "url"),
    [
        ('resource = "https://h/mcp"', "https://h/.well-known/oauth-protected-resource/mcp"),
        ('resource = "https://h/mcp"\nresource_metadata = "https://h/prod/meta"', "https://h/prod/meta"),
        ("", None),
    ],
)
def test_every_challenge_points_to_the_document_where_one_is_known(load, api, url):
    project = load(PROJECT.format(api=api, cache="off"))
    assert project.authorizer_settings().get("resource_metadata") == url
    fixed = project.gateway_responses()["UNAUTHORIZED"].headers["WWW-Authenticate"]
    assert fixed == ("'Bearer'" if url is None else f"'Bearer resource_metadata=\"{url}\"'")


@pytest.mark.rule("R2")
def test_proofs_are_offered_where_the_deployment_has_an_address_to_compare_them_with(load):
    project = load(PROJECT.format(api='resource = "/"', cache="off"))
    assert "DPoP" not in project.gateway_responses()["UNAUTHORIZED"].headers["WWW-Authenticate"]
    assert "DPoP algs=" in project.gateway_responses("{base_url}")["UNAUTHORIZED"].headers["WWW-Authenticate"]
    assert "ES256" in project.resource_metadata("{base_url}")["dpop_signing_alg_values_supported"]


@pytest.mark.rule("R2")
def test_the_fixed_challenge_offers_proofs_where_they_are_checked(load):
    fixed = (
        load(PROJECT.format(api=URLS, cache="off")).gateway_responses()["UNAUTHORIZED"].headers["WWW-Authenticate"]
    )
    assert fixed == "'Bearer, DPoP algs=\"ES256 PS256 RS256 EdDSA Ed25519\"'"


STAGE = "https://a.execute-api.eu-west-1.amazonaws.com/dev"
WELL_KNOWN = "/.well-known/oauth-protected-resource"


@pytest.mark.rule("R63")
@pytest.mark.parametrize(
    ("api", "route", "base"),
    [
        ('resource = "/"', "", "{base_url}"),
        ('resource = "/mcp"', "/mcp", "{base_url}"),
        ('resource = "https://h"', "", "https://h"),
        ('resource = "https://h/v1/mcp"', "/v1/mcp", "https://h"),
        ('resource = "https://h/v1/mcp"\npublic_base_urls = ["https://h/v1/"]', "/mcp", "https://h/v1"),
        ('resource = "https://h/v1"\npublic_base_urls = ["https://h", "https://h/v1"]', "", "https://h/v1"),
        ('resource = "https://h/v10"\npublic_base_urls = ["https://h/v1"]', "/v10", "https://h"),
        (f'resource = "{STAGE}/mcp"\npublic_base_urls = ["{STAGE}"]', "/mcp", STAGE),
    ],
)
def test_the_document_is_served_below_the_address_that_the_api_has(load, api, route, base):
    project = load(PROJECT.format(api=api, cache="off"))
    served = project.metadata_route()
    assert (served.path, served.key) == (WELL_KNOWN + route, f"GET {WELL_KNOWN}{route}")
    assert project.resource_metadata_url("{base_url}") == base + WELL_KNOWN + route
    assert project.resource_metadata("{base_url}")["resource"] == base + route
    fixed = project.gateway_responses("{base_url}")["UNAUTHORIZED"].headers["WWW-Authenticate"]
    assert f'Bearer resource_metadata="{base}{WELL_KNOWN}{route}"' in fixed
    (ours,) = [one for one in project.routes if one.declared_by == "resource"]
    assert (ours.route.key, ours.route.public, ours.integration) == (served.key, True, None)
    assert {"route": served.key, "public": True} in project.authorizer_settings()["routes"]


def test_what_a_file_alone_knows_of_the_address(load):
    api = 'resource = "/mcp"\npublic_base_urls = ["https://h/v1/", "https://b"]'
    project = load(PROJECT.format(api=api, cache="off"))
    assert (project.base_url, project.resource_metadata()["resource"]) == ("https://h/v1", "https://h/v1/mcp")
    assert project.resource_metadata_url() == f"https://h/v1{WELL_KNOWN}/mcp"
    settings = project.authorizer_settings()
    assert (settings["resource"], settings["resource_metadata"]) == ("/mcp", f"{WELL_KNOWN}/mcp")
    owned = '[deploy]\ndomain = "api.example.com"\ncertificate = "arn:aws:acm:eu-west-1:1:certificate/1"'
    deployed = load(PROJECT.format(api=api, cache="off") + owned)
    assert deployed.base_url == "https://api.example.com"
    known = deployed.authorizer_settings()["public_base_urls"]
    assert known == ["https://api.example.com", "https://h/v1/", "https://b"]


def test_a_path_alone_is_no_address(load):
    project = load(PROJECT.format(api='resource = "/mcp"', cache="off"))
    assert project.base_url is None
    for ask in (project.resource_metadata, project.resource_metadata_url):
        with pytest.raises(SettingsError, match=r"api.resource: is a path, .*; add public_base_urls"):
            ask()
    assert project.gateway_responses()["UNAUTHORIZED"].headers["WWW-Authenticate"] == "'Bearer'"


@pytest.mark.parametrize("api", ['resource = "/mcp"', 'resource = "https://h/mcp"', f'{URLS}\nresource = "/mcp"'])
def test_on_this_machine_everything_is_at_the_local_gateway(load, api):
    url = "http://127.0.0.1:8080/dev"
    project = load(PROJECT.format(api=api, cache="off"))
    settings = project.authorizer_settings(gateway_url=url)
    assert (settings["resource"], settings["resource_metadata"]) == (f"{url}/mcp", f"{url}{WELL_KNOWN}/mcp")
    here = project.at(url).resource_metadata(issuer="http://127.0.0.1:8081")
    assert (here["resource"], here["authorization_servers"]) == (f"{url}/mcp", ["http://127.0.0.1:8081"])


def test_where_the_api_itself_is_the_audience_it_is_the_one_at_the_local_gateway(load):
    for resource in ("/mcp", "https://h/mcp"):
        text = PROJECT.format(api=f'resource = "{resource}"', cache="off")
        text = text.replace('audience = "https://api.example.com"', f'audience = ["other", "{resource}"]')
        text += f'audience = "{resource}"'
        project = load(text)
        for one in ({}, {"local": {"base_url": "http://as", "api_key": "k", "api_secret": "s"}}):
            first, second = project.authorizer_settings(gateway_url="http://127.0.0.1:1/dev", **one)["verifiers"]
            assert first["audience"] == ["other", "http://127.0.0.1:1/dev/mcp"]
            assert second["audience"] == "http://127.0.0.1:1/dev/mcp"
        assert project.authorizer_settings()["verifiers"][1]["audience"] == resource


def test_authorization_servers_are_named_besides_those_of_verifiers(load):
    api = f'{URLS}\nauthorization_servers = ["https://one.example.com", "https://as.example.com"]'
    told = load(PROJECT.format(api=api, cache="off")).resource_metadata()["authorization_servers"]
    assert told == ["https://one.example.com", "https://as.example.com"]


def test_where_somebody_else_serves_the_document_there_is_no_route_for_it(load):
    api = 'resource = "https://h/mcp"\nresource_metadata = "https://h/meta"'
    project = load(PROJECT.format(api=api, cache="off"))
    assert project.metadata_route() is None
    assert [one.route.key for one in project.routes] == ["GET /health", "GET /accounts", "GET /pets"]


def test_a_route_of_ones_own_serves_it_first(load):
    own = f'"GET {WELL_KNOWN}/mcp" = {{ public = true, integration = {{ lambda = "functions.py:metadata" }} }}'
    project = load(PROJECT.format(api='resource = "/mcp"', cache="off").replace("[routes]", f"[routes]\n{own}"))
    assert [one.declared_by for one in project.routes] == ["routes"] * 4
    assert project.metadata_route().path == f"{WELL_KNOWN}/mcp"


@pytest.mark.parametrize(
    ("api", "told"),
    [
        ('resource = "/{id}"', "without {variables}"),
        ('resource = "/a//b"', "api.resource: .*empty segment"),
        ('resource = "mcp"', "api.resource: must be an address"),
    ],
)
def test_what_cannot_be_served(load, api, told):
    with pytest.raises(SettingsError, match=told):
        load(PROJECT.format(api=api, cache="off"))


WEBSOCKET = """
    [api]
    type = "websocket"
    resource = "{}"
    [routes]
    "$connect" = ["chat"]
    [[verifiers]]
    type = "authlete"
    base_url = "https://api.authlete.com"
    api_key = "k"
    api_secret = "env:S"
    """


def test_a_websocket_api_serves_no_document_and_its_challenges_may_name_one(load):
    project = load(WEBSOCKET.format("https://h/chat"))
    assert (project.metadata_route(), len(project.routes)) == (None, 1)
    settings = project.authorizer_settings(gateway_url="ws://127.0.0.1:8080/dev")
    assert settings["resource_metadata"] == f"https://h{WELL_KNOWN}/chat"
    with pytest.raises(SettingsError, match="a WebSocket API serves no document"):
        load(WEBSOCKET.format("/chat"))


def test_a_project_of_nothing_but_metadata_refuses_everything(load):
    with pytest.raises(SettingsError, match="routes: there is none"):
        load('[api]\nresource = "/"')
