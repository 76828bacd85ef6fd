"""Mistakes in a project are told with file and key, in words, and with what to do."""

from pathlib import Path

import pytest

from apigw_oauth.authorizer.errors import SettingsError
from tests.project.conftest import Load

GOOD = """
[api]
name = "mydemo"
stage = "dev"

[routes]
"GET /health" = { public = true, integration = { lambda = "functions.py:hello" } }
"GET /pets" = { scopes = ["pets"], integration = { http = "https://backend.example.com/pets" } }

[authorizer]
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("functions.py:hello", "absent.py:hello", "integration.lambda: the file absent.py does not exist in "),
        ("[authorizer]", '[authorizer]\nhandler = "absent.py:f"', "authorizer.handler: the file absent.py does not"),
        ('name = "mydemo"', 'openapi = "absent.yaml"', "api.openapi: "),
        ('stage = "dev"', 'stage = "a/b"', "api.stage: must have 1 to 128 letters, digits, - and _, such as dev"),
        ('name = "mydemo"', 'name = "-"', "api.name: must have 1 to 100 letters"),
        ('stage = "dev"', 'public_base_urls = ["https://a?b"]', "api.public_base_urls[0]: must be an address like https://"),
        ('http = "http', 'http = "ftp', "integration.http: must begin with https:// or http://"),
        ("[authorizer]", "[gateway_responses.Denied]\n[authorizer]", "gateway_responses.Denied: must be a type of"),
        ("[authorizer]", "[authoriser]", "authoriser: there is no such key; is authorizer meant?"),
        ("scopes =", "scope =", 'routes."GET /pets".scope: there is no such key; is scopes meant?'),
        ("lambda =", "lamda =", 'routes."GET /health".integration.lamda: there is no such key; is lambda meant?'),
        ("[authorizer]", "[authorizer]\ndpop = { nonce = true }", "authorizer.dpop.nonce: there is no such key; is nonces meant?"),
        ("[authorizer]", "[authorizer]\nzzz = 1", "authorizer.zzz: there is no such key"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_key_and_in_words(load: Load, tmp_path: Path, old: str, new: str, told: str):
    assert old in GOOD
    with pytest.raises(SettingsError) as caught:
        load(GOOD.replace(old, new, 1))
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'apigw-oauth.toml'}: ")
    assert told in message
    assert "pattern" not in message
    assert "^" not in message


@pytest.mark.parametrize("name", ["a", "My API 2.0_x-y", "9" * 100])
def test_names_that_an_api_may_have(load: Load, name: str):
    assert load(GOOD.replace('name = "mydemo"', f'name = "{name}"')).file.api.name == name


@pytest.mark.parametrize("name", ["", " a", "a" * 101, "a\\n", "ä"])
def test_names_that_it_may_not_have(load: Load, name: str):
    with pytest.raises(SettingsError, match=r"api\.name"):
        load(GOOD.replace('name = "mydemo"', f'name = "{name}"'))


def test_a_route_without_its_function_is_named(load: Load):
    with pytest.raises(
        SettingsError, match=r'routes\."GET /a"\.integration\.lambda: .*; write it, or name another'
    ):
        load('[routes]\n"GET /a" = { scopes = [], integration = { lambda = "nope.py:f" } }')
