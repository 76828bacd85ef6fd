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
def test_the_fixed_challenge_offers_proofs_where_they_are_checked(load):
    fixed = (
        load(PROJECT.format(api=URLS, cache="off")).gateway_responses()["UNAUTHORIZED"].headers["WWW-Authenticate"]
    )
    assert fixed == "'Bearer, DPoP algs=\"ES256 PS256 RS256 EdDSA Ed25519\"'"
