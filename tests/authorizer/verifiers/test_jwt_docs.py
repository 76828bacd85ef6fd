"""What docs/jwt.md says is true: its tables load, its defaults are the defaults, its profiles are the profiles."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from apigw_oauth.authorizer import verifiers
from apigw_oauth.authorizer.settings import load as load_settings
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers import jws, jwt, key_settings, key_source
from apigw_oauth.authorizer.verifiers.jwt_profiles import NO_TYPE, PROFILES
from tests.authorizer.verifiers.jose_signing import public_jwk
from tests.authorizer.verifiers.jwt_tokens import verifier

PAGE = (Path(__file__).parents[3] / "docs" / "jwt.md").read_text()
BLOCKS = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def table_of(heading: str) -> list[list[str]]:
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows]


@pytest.mark.parametrize("block", BLOCKS)
def test_every_table_of_the_page_is_one_that_a_function_starts_with(block, tmp_path):
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [public_jwk("P-256")]}))
    content: dict[str, Any] = {
        "format": 1, "event": "request", "cache": "route", "refusals": "static-401", "context": [], "routes": [],
        **tomllib.loads(block),
    }  # fmt: skip
    environ = {"AUTHLETE_API_KEY": "k", "AUTHLETE_API_SECRET": "s"}
    settings = load_settings(content, environ=environ, directory=str(tmp_path))
    for one in settings.verifiers:
        verifiers.load([one], Surroundings())


def test_the_page_has_no_block_of_another_language():
    assert PAGE.count("```") == 2 * len(BLOCKS)


def test_the_defaults_of_the_page_are_the_defaults():
    rows = {row[0]: row[-1] for row in table_of("Settings")}
    assert rows["`algorithms`"] == f"`{json.dumps(list(jws.DEFAULT_ALGORITHMS))}`"
    assert rows["`leeway`"] == str(jwt.DEFAULT_LEEWAY)
    every = next(row for row in table_of("Settings") if row[0] == "`algorithms`")[1]
    assert re.findall(r"`(\w+)`", every) == list(jws.ALGORITHMS)
    named = next(row for row in table_of("Settings") if row[0] == "`profile`")[1]
    assert re.findall(r"`(\w+)`", named) == list(PROFILES)


def test_every_key_is_in_the_tables_of_the_page():
    named = {name for row in table_of("Settings") for name in re.findall(r"`(\w+)`", row[0])} - {"rfc9068"}
    assert named == {
        "issuer", "audience", "jwks_uri", "jwks", "discovery", "algorithms", "leeway", "max_token_age", "clients", "profile",
        "typ", "client_claim", "scope_claim", "audience_claim", "required_claims",
    }  # fmt: skip
    with pytest.raises(Exception, match="is not a key of a jwt verifier") as caught:
        verifier(other=1)
    assert set(str(caught.value).partition("(")[2].strip(")").split(", ")) == named


def test_each_profile_is_what_the_page_says():
    rows = {row[0].strip("`"): row[1:] for row in table_of("Servers, one by one") if row[0].startswith("`")}
    assert list(rows) == list(PROFILES)
    for name, profile in PROFILES.items():
        typ, client, scope, audience, needs, _ = ([*re.findall(r"`([^`]+)`", cell)] for cell in rows[name])
        assert [one.lower() for one in typ] == [one for one in profile.typ if one != NO_TYPE]
        assert (rows[name][0] == "none") == (NO_TYPE in profile.typ)
        assert (client, scope) == ([*profile.client_claim], [*profile.scope_claim])
        assert (audience, needs) == ([profile.audience_claim], [*profile.needed_claims])


def test_the_times_of_the_page_are_those_of_the_code():
    numbers = [re.findall(r"[\d,]+", row[1].replace(",", "")) for row in table_of("Keys") if "second" in row[1]]
    assert [[int(one) for one in row] for row in numbers] == [
        [key_source.LIFETIME, key_source.MIN_LIFETIME, key_source.MAX_LIFETIME],
        [key_source.MAX_AGE],
        [key_source.COOL_DOWN],
        [key_source.FIRST_PAUSE, key_source.LONGEST_PAUSE],
        [3600],
    ]
    assert key_settings.TIMEOUT * 3 < 10
