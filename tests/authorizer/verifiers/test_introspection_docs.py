"""What docs/introspection.md says is true: its tables load, and it names every key there is."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from apigw_oauth.authorizer import verifiers
from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.settings import load as load_settings
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers import (
    client_assertion,
    client_authentication,
    introspection,
    introspection_facts,
    signed_introspection,
)
from tests.authorizer.verifiers.jose_signing import private_key, public_jwk
from tests.authorizer.verifiers.test_client_authentication import pem

PAGE = (Path(__file__).parents[3] / "docs" / "introspection.md").read_text()
BLOCKS = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def section(heading: str) -> str:
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def named(heading: str) -> set[str]:
    """What the first column of the tables of a section names."""
    cells = [line.strip("|").split(" | ")[0] for line in section(heading).splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


@pytest.mark.parametrize("block", BLOCKS)
def test_every_table_of_the_page_is_one_that_a_function_starts_with(block, tmp_path):
    (tmp_path / "introspection.pem").write_text(pem(private_key("RSA")))
    content: dict[str, Any] = {
        "format": 1, "event": "request", "cache": "route", "refusals": "static-401", "context": [], "routes": [],
        **tomllib.loads(block),
    }  # fmt: skip
    environ = dict.fromkeys(re.findall(r"env:(\w+)", block), "secret")
    settings = load_settings(content, environ=environ, directory=str(tmp_path))
    verifiers.load(settings.verifiers, Surroundings())


def test_the_page_has_no_block_of_another_language():
    assert PAGE.count("```") == 2 * len(BLOCKS)


def test_every_key_is_in_the_table_of_the_page():
    settings = {
        "endpoint": "https://a", "issuer": "https://a", "client_id": "a", "client_secret": "s", "other": 1,
        "signed_response": "required", "jwks": {"keys": [public_jwk("RSA")]},
    }  # fmt: skip
    with pytest.raises(SettingsError, match="other: is not a key of an introspection verifier") as caught:
        introspection.from_settings(settings, Surroundings())
    known = set(str(caught.value).partition("(")[2].strip(")").split(", "))
    assert known | {"discovery", "jwks", "jwks_uri"} == named("Settings")


def test_the_page_tells_the_ways_to_authenticate_and_what_they_need():
    _, *rows = [line for line in section("Who we are").splitlines() if line.startswith("| `")]
    told = {row.split("`")[1]: set(re.findall(r"`(\w+)`", row.split(" | ")[1])) for row in rows}
    assert told == {
        method: {*needed, *client_authentication._ALLOWED.get(method, ())}
        for method, needed in client_authentication._NEEDED.items()
    }


def test_the_numbers_of_the_page_are_those_of_the_code():
    leeway = next(line for line in section("Settings").splitlines() if line.startswith("| `leeway`"))
    assert re.findall(r"\d+", leeway) == [str(introspection.MAX_LEEWAY), str(introspection.DEFAULT_LEEWAY)]
    assert f"good for {client_assertion.LIFETIME} seconds" in PAGE
    assert f"at most {signed_introspection.MAX_AGE:.0f} seconds ago" in PAGE
    assert signed_introspection.DEFAULT_ALGORITHMS == ("RS256",)


def test_the_kinds_of_tokens_on_the_page_are_those_of_the_code():
    item = " ".join(section("What is checked").partition("5. ")[2].partition("6. ")[0].split())
    token_type, token_use, typ = re.split(r"`token_use`|`typ`", item.partition(", all in any case")[0])
    for words, allowed in (
        (token_type.replace("`token_type`", ""), introspection_facts._TOKEN_TYPES),
        (token_use, introspection_facts._TOKEN_USES),
        (typ, introspection_facts._KINDS - {"application/at+jwt"}),
    ):
        assert {word.lower() for word in re.findall(r"`([^`]+)`", words)} == allowed


def test_the_reasons_of_the_page_are_reasons():
    told = re.findall(r"\| `(\w+)`[^|]*\|$", section("When there is no verdict"), re.MULTILINE)
    assert len(told) == 6
    assert set(told) <= {reason.value for reason in Reason}


def test_members_that_are_not_told_are_on_the_page():
    assert all(f"`{member}`" in section("What is checked") for member in introspection_facts._USABLE)
