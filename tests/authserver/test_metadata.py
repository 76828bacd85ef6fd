"""What the server says about itself."""

from urllib.parse import urlsplit

import pytest

from tests.authserver.servers import running

PATHS = ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"]


@pytest.mark.parametrize("path", PATHS)
def test_the_issuer_is_exactly_the_address_of_the_server(shared, path):
    answer = shared.http.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json()["issuer"] == shared.base_url
    assert "access-control-allow-origin" not in answer.headers


def test_every_endpoint_it_names_is_there(shared):
    metadata = shared.http.get(PATHS[0]).json()
    named = [value for name, value in metadata.items() if name.endswith(("_endpoint", "_uri"))]
    assert len(named) == 5
    for url in named:
        assert url.startswith(f"{shared.base_url}/")
        assert shared.http.request("PATCH", urlsplit(url).path).status_code == 405


def test_it_lists_what_is_supported(shared):
    metadata = shared.http.get(PATHS[0]).json()
    assert metadata["scopes_supported"] == ["timeline.read", "profile", "history.read"]
    assert metadata["response_types_supported"] == ["code"]
    assert metadata["grant_types_supported"] == ["authorization_code", "client_credentials", "refresh_token"]
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert metadata["token_endpoint_auth_methods_supported"] == [
        "client_secret_basic", "client_secret_post", "private_key_jwt", "none",
    ]  # fmt: skip
    assert "none" not in metadata["introspection_endpoint_auth_methods_supported"]
    assert "ES256" in metadata["token_endpoint_auth_signing_alg_values_supported"]
    assert "ES256" in metadata["dpop_signing_alg_values_supported"]
    assert metadata["authorization_response_iss_parameter_supported"] is True
    assert metadata["tls_client_certificate_bound_access_tokens"] is True
    assert "acr_values_supported" not in metadata


def test_the_published_key_set_holds_public_keys_only(shared):
    keys = shared.http.get("/jwks").json()["keys"]
    assert [key["alg"] for key in keys] == ["ES256", "RS256"]
    for key in keys:
        assert not {"d", "p", "q", "dp", "dq", "qi", "oth", "k"} & key.keys()
    assert shared.http.get(f"/api/service/jwks/get/direct/{shared.key}").json()["keys"] == keys


def test_the_key_of_another_algorithm_is_published_where_it_is_used():
    with running(signing_algorithm="EdDSA", introspection_signing_algorithm="PS256") as server:
        assert [key["alg"] for key in server.http.get("/jwks").json()["keys"]] == ["PS256", "EdDSA"]
