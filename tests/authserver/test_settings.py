import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from apigw_oauth.authserver.settings import AuthserverSettings, ClientSettings, SettingsError, UserSettings

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_KEY = ECKey.generate_key("P-256", private=True)
PRIVATE_JWK, JWK = _KEY.as_dict(private=True), _KEY.as_dict(private=False)
KEYS = st.sampled_from([*AuthserverSettings.__dataclass_fields__, "unknown"])


def test_an_empty_document_gives_the_defaults():
    assert AuthserverSettings.from_dict({}) == AuthserverSettings()


def test_clients_and_users_are_read():
    settings = AuthserverSettings.from_dict(
        {
            "clients": [{"client_id": "demo", "scopes": ["a"], "redirect_uris": ["http://127.0.0.1/cb"]}],
            "users": [{"login": "john", "password": "p", "subject": "s"}],
            "scopes": ["b", "a"],
            "scope_descriptions": {"a": "The first letter"},
        }
    )
    assert settings.clients == (ClientSettings("demo", scopes=("a",), redirect_uris=("http://127.0.0.1/cb",)),)
    assert settings.users == (UserSettings("john", "p", "s"),)
    assert settings.supported_scopes == ("b", "a")
    assert settings.scope_descriptions == {"a": "The first letter"}


@pytest.mark.parametrize(
    ("document", "key"),
    [
        ([], "settings"),
        ({"colour": 1}, "colour"),
        ({"base_url": 1}, "base_url"),
        ({"base_url": "http://127.0.0.1:8081/path"}, "base_url"),
        ({"base_url": "ftp://127.0.0.1"}, "base_url"),
        ({"base_url": "http://[::1"}, "base_url"),
        ({"base_url": "http://a:b@127.0.0.1"}, "base_url"),
        ({"service_name": " "}, "service_name"),
        ({"store": ""}, "store"),
        ({"store": "a\0b"}, "store"),
        ({"scopes": ["a b"]}, "scopes"),
        ({"scopes": [1]}, "scopes[0]"),
        ({"scopes": "a"}, "scopes"),
        ({"access_token_duration": 0}, "access_token_duration"),
        ({"access_token_duration": True}, "access_token_duration"),
        ({"access_token_duration": 2**31}, "access_token_duration"),
        ({"api_key": "abc"}, "api_key"),
        ({"api_secret": ""}, "api_secret"),
        ({"service_access_token": "ü"}, "service_access_token"),
        ({"error_uri_base": "javascript:1"}, "error_uri_base"),
        ({"error_uri_omitted": "yes"}, "error_uri_omitted"),
        ({"clients": [{}]}, "clients[0].client_id"),
        ({"clients": {}}, "clients"),
        ({"clients": [{"client_id": "a"}, {"client_id": "a"}]}, "clients"),
        ({"clients": [{"client_id": "a:b"}]}, "clients[0].client_id"),
        ({"clients": [{"client_id": "0123"}]}, "clients[0].client_id"),
        ({"clients": [{"client_id": "9" * 30}]}, "clients[0].client_id"),
        ({"clients": [{"client_id": "a", "colour": 1}]}, "clients[0].colour"),
        ({"clients": [{"client_id": "a", "redirect_uris": ["/cb"]}]}, "clients[0].redirect_uris"),
        ({"clients": [{"client_id": "a", "redirect_uris": ["http://h/#f"]}]}, "clients[0].redirect_uris"),
        ({"clients": [{"client_id": "a", "client_uri": "javascript:alert(1)"}]}, "clients[0].client_uri"),
        (
            {"clients": [{"client_id": "a", "client_secret": "s", "confidential": False}]},
            "clients[0].client_secret",
        ),
        ({"access_token_format": "xml"}, "access_token_format"),
        ({"signing_algorithm": "HS256"}, "signing_algorithm"),
        ({"introspection_signing_algorithm": "none"}, "introspection_signing_algorithm"),
        ({"refresh_token_duration": 0}, "refresh_token_duration"),
        ({"default_audience": [""]}, "default_audience"),
        ({"default_audience": "https://a"}, "default_audience"),
        ({"supported_acrs": ["a b"]}, "supported_acrs"),
        ({"clients": [{"client_id": "a", "access_token_format": "xml"}]}, "clients[0].access_token_format"),
        (
            {"clients": [{"client_id": "a", "token_endpoint_auth_method": "magic"}]},
            "clients[0].token_endpoint_auth_method",
        ),
        (
            {"clients": [{"client_id": "a", "token_endpoint_auth_method": "none"}]},
            "clients[0].token_endpoint_auth_method",
        ),
        (
            {
                "clients": [
                    {"client_id": "a", "confidential": False, "token_endpoint_auth_method": "private_key_jwt"}
                ]
            },
            "clients[0].token_endpoint_auth_method",
        ),
        ({"clients": [{"client_id": "a", "token_endpoint_auth_method": "private_key_jwt"}]}, "clients[0].jwks"),
        ({"clients": [{"client_id": "a", "jwks": {"keys": []}}]}, "clients[0].jwks"),
        ({"clients": [{"client_id": "a", "jwks": {"keys": [1]}}]}, "clients[0].jwks"),
        ({"clients": [{"client_id": "a", "jwks": {"keys": [{"kty": "oct", "k": "AA"}]}}]}, "clients[0].jwks"),
        ({"clients": [{"client_id": "a", "jwks": {"keys": [{"kty": "EC"}]}}]}, "clients[0].jwks"),
        ({"clients": [{"client_id": "a", "jwks": {"keys": [{"kty": 1}]}}]}, "clients[0].jwks"),
        ({"clients": [{"client_id": "a", "jwks": {"keys": [PRIVATE_JWK]}}]}, "clients[0].jwks"),
        ({"clients": [{"client_id": "a", "confidential": False, "jwks": {"keys": [JWK]}}]}, "clients[0].jwks"),
        (
            {
                "clients": [
                    {
                        "client_id": "a",
                        "client_secret": "s",
                        "jwks": {"keys": [JWK]},
                        "token_endpoint_auth_method": "private_key_jwt",
                    }
                ]
            },
            "clients[0].client_secret",
        ),
        ({"users": [{"login": "john"}]}, "users[0].password"),
        ({"users": [{"login": "", "password": "p"}]}, "users[0].login"),
        ({"users": [{"login": "jürgen", "password": "p"}]}, "users[0].login"),
        ({"users": [{"login": "a", "password": "p", "subject": "x" * 101}]}, "users[0].subject"),
        ({"users": [{"login": "a", "password": ""}]}, "users[0].password"),
        ({"users": [{"login": "a", "password": "p"}, {"login": "a", "password": "q"}]}, "users"),
        ({"scope_descriptions": {"a": 1}}, "scope_descriptions.a"),
    ],
)
def test_a_mistake_is_named_by_its_key(document, key):
    with pytest.raises(SettingsError) as caught:
        AuthserverSettings.from_dict(document)
    assert caught.value.key == key
    assert str(caught.value) == f"{key}: {caught.value.reason}"


def test_secrets_are_neither_in_reprs_nor_in_errors():
    settings = AuthserverSettings.from_dict(
        {
            "api_secret": "hush-1",
            "service_access_token": "hush-2",
            "clients": [{"client_id": "a", "client_secret": "hush-3"}],
            "users": [{"login": "u", "password": "hush-4"}],
        }
    )
    assert "hush" not in repr(settings)
    with pytest.raises(SettingsError) as caught:
        AuthserverSettings.from_dict({"api_secret": "hush hush"})
    assert "hush" not in str(caught.value)


@given(st.dictionaries(KEYS, JSON, max_size=4) | JSON)
def test_any_document_gives_settings_or_a_settings_error(document):
    try:
        settings = AuthserverSettings.from_dict(document)
    except SettingsError as error:
        assert error.reason
    else:
        assert isinstance(settings, AuthserverSettings)
