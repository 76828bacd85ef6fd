"""authorizer.json: every mistake is found before the first request."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer import settings, verifiers
from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.verifier import Surroundings

GOOD: dict[str, Any] = {
    "format": 1,
    "event": "request",
    "cache": "route",
    "refusals": "static-401",
    "context": ["sub"],
    "routes": [{"route": "GET /health", "public": True}, {"route": "GET /pets", "any_of": [["read"], []]}],
    "verifiers": [
        {
            "type": "authlete",
            "version": 2,
            "base_url": "https://api.authlete.com",
            "api_key": "env:KEY",
            "api_secret": "file:secret.txt",
        }
    ],
}


@pytest.fixture
def directory(tmp_path):
    (tmp_path / "secret.txt").write_text("from-file\n")
    return str(tmp_path)


def load(content: Any, directory: str, **environ: str) -> settings.Settings:
    return settings.load(content, environ={"KEY": "from-env", **environ}, directory=directory)


def test_references_are_resolved_once(directory):
    loaded = load(GOOD, directory, KEY="env:OTHER")
    assert loaded.verifiers[0]["api_key"] == "env:OTHER"
    assert loaded.verifiers[0]["api_secret"] == "from-file"
    assert {route.key for route in loaded.routes} == {"GET /health", "GET /pets"}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"format": 2}, "format"), ({"extra": 1}, "extra"), ({"event": "http"}, "event"), ({"cache": "on"}, "cache"),
        ({"event": "token"}, "cache"), ({"event": "http-2.0-simple", "cache": "token"}, "cache: .* every route"), ({"event": "websocket"}, "cache: .* use off"), ({"refusals": None}, "refusals"), ({"context": "sub"}, "context"),
        ({"context": ["jti"]}, "jti"), ({"context": [1]}, "context"), ({"routes": {}}, "routes"),
        ({"routes": [{"route": "GET /x"}]}, r"routes\[0\]"), ({"routes": [{"any_of": [[]]}]}, r"routes\[0\]"),
        ({"routes": [{"route": "GET /x", "any_of": []}]}, "any_of"), ({"routes": [{"route": "x", "any_of": [[]]}]}, "METHOD"),
        ({"routes": [{"route": "GET /x", "any_of": ["a"]}]}, "lists of scopes"),
        ({"routes": [{"route": "GET /x", "public": True, "any_of": [[]]}]}, "public"),
        ({"routes": [{"route": "GET /x", "public": "yes"}]}, "must be true"), ({"routes": [{"route": "GET /x", "closed": 1}]}, "true"),
        ({"routes": [{"route": "GET /x", "public": False}]}, "must be true"),
        ({"routes": [{"route": "GET /x", "public": True, "closed": True}]}, "one of"),
        ({"routes": [{"route": "GET /x", "any_of": [[]], "acr_values": []}]}, r"routes\[0\].acr_values"),
        ({"routes": [{"route": "GET /x", "any_of": [[]], "authorization_details": "a"}]}, "authorization_details"),
        ({"routes": [{"route": "GET /x", "any_of": [[]], "max_age": -1}]}, "max_age"), ({"routes": [{"route": "GET /x", "any_of": [[]], "max_age": True}]}, "max_age"),
        ({"routes": [{"route": "GET /x", "any_of": [[]], "sender_constrained": False}]}, "sender_constrained"),
        ({"routes": [{"route": "GET /x", "any_of": [[]], "later": 1}]}, "later"), ({"routes": [{"route": "GET /x", "public": True, "max_age": 1}]}, "stand alone"),
        ({"routes": [{"route": "GET /x", "any_of": [[]], "max_age": 1}]}, "cache: GET /x .* use off"),
        ({"public_base_urls": "https://a"}, "public_base_urls"), ({"dpop": []}, "dpop"),
        ({"verifiers": [{"type": "authlete", "api_key": "env:MISSING"}]}, "MISSING"),
        ({"verifiers": [{"type": "authlete", "api_key": "env:EMPTY"}]}, "EMPTY"),
        ({"verifiers": [{"type": "authlete", "api_key": "file:absent"}]}, "absent"),
        ({"verifiers": [{"type": "authlete", "api_key": "ssm:"}]}, r"verifiers\[0\].api_key: is not the name of a parameter"),
        ({"verifiers": [{"type": "authlete", "api_key": "secretsmanager:x#"}]}, "has no key behind #"),
        ({"verifiers": "authlete"}, "verifiers"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(directory, changes, place):
    with pytest.raises(SettingsError, match=place):
        load({**GOOD, **changes}, directory, EMPTY="")


@pytest.mark.parametrize(
    ("event", "cache"),
    [
        ("token", "token"),
        ("http-1.0", "token"),
        ("http-2.0", "token"),
        ("http-2.0-simple", "route"),
        ("websocket", "off"),
    ],
)
def test_every_format_has_a_cache_mode_that_suits_it(directory, event, cache):
    loaded = load({**GOOD, "event": event, "cache": cache}, directory)
    assert (loaded.event, loaded.cache) == (event, cache)


@pytest.mark.parametrize("content", [None, [], "x", 1])
def test_what_is_no_object_is_refused(directory, content):
    with pytest.raises(SettingsError):
        load(content, directory)


@pytest.mark.parametrize(
    ("table", "place"),
    [
        ({"type": "unknown"}, "type"),
        ({"type": "authlete", "version": [2]}, "version"), ({"type": "authlete", "version": {}}, "version"),
        ({"type": "authlete", "base_url": "https://a", "api_key": "k:k", "api_secret": "s"}, "colon"),
        ({"type": "authlete", "version": 3, "base_url": "https://a", "service_id": "1/../2", "service_access_token": "t"}, "service_id"),
        *[({"type": "authlete", "base_url": f"https://{host}", "api_key": "k", "api_secret": "s"}, "base_url")
          for host in ("a" * 64, "a..b", ".", "exa mple.com", "h/pa th", "a:0", "é.example", "-a", "a/x?y", "%41", "")],
 ({}, "type"), ({"type": ["authlete"]}, "type"),
        ({"type": "authlete", "version": 4}, "version"), ({"type": "authlete", "version": True}, "version"),
        ({"type": "authlete", "base_url": "https://a", "api_key": "k"}, "api_secret"),
        ({"type": "authlete", "base_url": "https://a", "api_key": "k", "api_secret": "s\n"}, "api_secret"),
        ({"type": "authlete", "base_url": "https://a", "api_key": "k", "api_secret": "s", "x": 1}, "x"),
        ({"type": "authlete", "base_url": "https://a", "api_key": "k", "api_secret": 5}, "api_secret"),
        ({"type": "authlete", "version": 3, "base_url": "https://a", "service_id": "1"}, "service_access_token"),
        ({"type": "authlete", "base_url": "http://api.authlete.com", "api_key": "k", "api_secret": "s"}, "loopback"),
        ({"type": "authlete", "base_url": "http://localhost:80", "api_key": "k", "api_secret": "s"}, "loopback"),
        ({"type": "authlete", "base_url": "https://u:p@a", "api_key": "k", "api_secret": "s"}, "base_url"),
        ({"type": "authlete", "base_url": "https://a?x", "api_key": "k", "api_secret": "s"}, "base_url"),
        ({"type": "authlete", "base_url": "https://a:99999", "api_key": "k", "api_secret": "s"}, "base_url"),
        ({"type": "authlete", "base_url": "https://[a", "api_key": "k", "api_secret": "s"}, "base_url"),
        ({"type": "authlete", "base_url": "file:///etc/passwd", "api_key": "k", "api_secret": "s"}, "base_url"),
    ],
)  # fmt: skip
def test_a_verifier_that_cannot_work_is_refused(table, place):
    with pytest.raises(SettingsError, match=place):
        verifiers.load([table], Surroundings())


def test_one_verifier_is_needed():
    with pytest.raises(SettingsError, match="there is none"):
        verifiers.load([], Surroundings())


@pytest.mark.parametrize(
    "base_url", ["http://127.0.0.1:8081", "http://[::1]:8081", "https://eu.authlete.com/", "https://x/a/b"]
)
def test_loopback_addresses_may_speak_plain_http(base_url):
    table = {"type": "authlete", "base_url": base_url, "api_key": "k", "api_secret": "s"}
    assert verifiers.load([table], Surroundings()).recognizes("any")


def test_no_message_holds_a_secret(directory):
    with pytest.raises(SettingsError) as caught:
        verifiers.load(
            [{"type": "authlete", "base_url": "https://a", "api_key": "k", "api_secret": "geheim\n"}],
            Surroundings(),
        )
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"), [(None, "No such file"), ("{", "not JSON"), ("[" * 100_000, "not JSON")]
)
def test_a_file_that_cannot_be_read(tmp_path, text, message):
    file = tmp_path / "authorizer.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(SettingsError, match=message):
        settings.read_file(str(file))


@given(
    key=st.sampled_from(sorted(GOOD)),
    value=st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists),
)
def test_a_damaged_file_is_loaded_or_refused(key, value):
    content = json.loads(json.dumps({**GOOD, "verifiers": []}))
    content[key] = value
    try:
        settings.load(content, environ={}, directory="")
    except SettingsError as error:
        assert str(error)


LISTED = ["https://a.example.com/v1/", "https://b.example.com"]


@pytest.mark.parametrize(
    ("listed", "deployed", "base"),
    [
        (LISTED, "", "https://a.example.com/v1"),
        (LISTED, "https://x.execute-api.eu-west-1.amazonaws.com/dev", "https://x.execute-api.eu-west-1.amazonaws.com/dev"),
        ([], "https://x.example.com", "https://x.example.com"),
    ],
    ids=["as listed", "as deployed", "known to the deployment alone"],
)  # fmt: skip
def test_paths_begin_at_the_address_that_the_api_was_deployed_at(directory, listed, deployed, base):
    content = {**GOOD, "public_base_urls": listed, "resource": "/mcp", "resource_metadata": "/.well-known/x/mcp"}
    loaded = load(content, directory, APIGW_OAUTH_PUBLIC_BASE_URL=deployed)
    assert (loaded.resource, loaded.resource_metadata) == (f"{base}/mcp", f"{base}/.well-known/x/mcp")
    assert loaded.public_base_urls == tuple([deployed, *listed] if deployed else listed)
    assert load({**content, "resource": "/"}, directory, APIGW_OAUTH_PUBLIC_BASE_URL=deployed).resource == base
    whole = {**content, "resource": "https://c.example.com/mcp/"}
    assert load(whole, directory, APIGW_OAUTH_PUBLIC_BASE_URL=deployed).resource == "https://c.example.com/mcp/"


def test_the_audience_of_tokens_may_be_the_api_by_its_path(directory):
    tables = [{"type": "x", "audience": value} for value in ("/mcp", ["other", "/", 5], "other", None)]
    tables.append({"type": "x"})
    loaded = load({**GOOD, "public_base_urls": ["https://b"], "verifiers": tables}, directory)
    told = [table.get("audience") for table in loaded.verifiers]
    assert told == ["https://b/mcp", ["other", "https://b", 5], "other", None, None]
    with pytest.raises(SettingsError, match=r"verifiers\[0\].audience: is a path"):
        load({**GOOD, "verifiers": tables}, directory)


@pytest.mark.parametrize(
    ("content", "deployed", "told"),
    [
        ({"resource": "/mcp"}, "", "resource: is a path, .* set APIGW_OAUTH_PUBLIC_BASE_URL"),
        ({"resource_metadata": "/mcp"}, "", "resource_metadata: is a path"),
        ({}, "x.example.com", "APIGW_OAUTH_PUBLIC_BASE_URL: must be an address"),
    ],
)
def test_an_address_that_cannot_be_known_is_an_error(directory, content, deployed, told):
    with pytest.raises(SettingsError, match=told):
        load({**GOOD, **content}, directory, APIGW_OAUTH_PUBLIC_BASE_URL=deployed)
