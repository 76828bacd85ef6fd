"""The pages about outages and about verifiers of one's own say what is so."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from apigw_oauth.authorizer import log, verifiers
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable
from apigw_oauth.authorizer.verifiers import caching, circuit_breaker
from tests.authorizer.conftest import make_request
from tests.test_docs import ROOT, blocks

OUTAGES, OWN = ROOT / "docs" / "outages.md", ROOT / "docs" / "own-verifiers.md"
EXAMPLE = ROOT / "examples" / "own-verifier"


def logged() -> list[dict[str, Any]]:
    """A line of each kind that the page shows, in its order."""
    lines: list[str] = []
    facts = {"ms": 1, "verifier": "authlete", "cache": "miss", "request_id": "r"}
    routes = RouteTable([Route.parse("GET /pets")])
    written = log.Log(lines.append)
    written.failure(
        Reason.AUTHORIZATION_SERVER_TIMEOUT, "no answer in time", make_request(), kind="outage",
        routes=routes, facts=facts,
    )  # fmt: skip
    written.circuit(verifier="authlete", opened_for=5, message="x")
    written.circuit(verifier="authlete", opened_for=None, message="x")
    return [json.loads(line) for line in lines]


def test_the_lines_of_the_log_are_as_the_page_shows_them():
    shown = [json.loads(line) for block in blocks(OUTAGES, "json") for line in block.splitlines()]
    for line, real in zip(shown, logged(), strict=True):
        assert list(line) == list(real)
        assert line["level"] == real["level"]


def test_what_is_counted_is_in_the_lines():
    members = {name for line in logged() for name in line} | {"effect", "cache"}
    patterns = re.findall(r"`\{ \$\.(\w+) = \"([\w]+)\" \}`", OUTAGES.read_text())
    assert len(patterns) == 5
    assert {name for name, _ in patterns} <= members


def test_the_numbers_of_the_page_are_those_of_the_code():
    text = " ".join(OUTAGES.read_text().split())
    for sentence in (
        f"{caching.POSITIVE_TTL} seconds, and never beyond its end", f"does not know a token | {caching.NEGATIVE_TTL} seconds",
        f"positive_ttl = {caching.POSITIVE_TTL} # seconds, 0 to {caching.MAX_POSITIVE_TTL}",
        f"negative_ttl = {caching.NEGATIVE_TTL} # seconds, 0 to {caching.MAX_NEGATIVE_TTL}",
        f"room for {caching.CAPACITY:,} tokens, and for {caching.CAPACITY:,} unknown ones",
        f"more than {caching.MAX_SIZE:,} characters", f"{circuit_breaker.THRESHOLD} failures in a row",
        f"nobody is asked for {circuit_breaker.FIRST_PAUSE:g} seconds", f"then 20, then {circuit_breaker.LONGEST_PAUSE:g} each time",
        f"{circuit_breaker.LONGEST_WISH:g} seconds at most",
    ):  # fmt: skip
        assert sentence in text, sentence


@pytest.mark.parametrize("page", [OUTAGES, OWN], ids=["outages", "own-verifiers"])
def test_the_tables_of_the_pages_can_be_used(page: Path):
    for block in blocks(page, "toml"):
        resolved = re.sub(r"\benv:", "", block)
        verifiers.check(tomllib.loads(resolved)["verifiers"], directory=str(EXAMPLE))


def test_the_code_of_the_page_is_that_of_the_example():
    code = "".join((EXAMPLE / name).read_text() for name in ("personal_tokens.py", "test_personal_tokens.py"))
    found = blocks(OWN, "python")
    assert len(found) == 2
    assert all(block in code for block in found)


def test_every_member_of_an_access_token_that_a_verifier_may_set_is_told():
    page = OWN.read_text().partition("\n## The facts\n")[2].partition("\n## ")[0]
    told = {
        name for row in re.findall(r"^\| (`.*?) \|", page, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    assert told == {*AccessToken._fields} - {"dpop_nonce"}
