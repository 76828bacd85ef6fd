"""Everything together: what is found in projects as they are, in what order, and how much of it."""

from pathlib import Path

import pytest

from apigw_oauth.checks.checks import check
from apigw_oauth.checks.listing import listed
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import load_project
from tests.checks.checking import HTTP, VERIFIER, WEBSOCKET, Checking

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_a_new_project_has_neither_errors_nor_warnings(project: Path):
    assert [one for one in check(load_project(project)) if one.severity != "info"] == []


@pytest.mark.parametrize("example", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_an_example_has_neither_errors_nor_warnings(example: Path):
    project = load_project(example)
    # A connection outlives its token, whatever a project says: its functions have to look after it.
    known = [Rule.OPEN_CONNECTIONS.code] if project.file.api.type == "websocket" else []
    assert [one.code for one in check(project) if one.severity != "info"] == known


@pytest.mark.parametrize(
    ("api", "routes", "warnings"),
    [
        (HTTP, '"GET /a" = ["a"]', []),
        (WEBSOCKET, '"$connect" = ["a"]', [Rule.OPEN_CONNECTIONS.code]),
    ],
)
def test_a_plain_project_of_another_kind(checking: Checking, api: str, routes: str, warnings: list[str]):
    assert [one.code for one in checking.all(routes, api=api) if one.severity != "info"] == warnings


def test_the_worst_comes_first(checking: Checking):
    routes = '"ANY /pets/{a}" = ["a"]\n"GET /pets/{b}" = "public"'
    severities = [one.severity for one in checking.all(routes)]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)
    assert set(severities) == {"error", "warning", "info"}


def test_of_one_code_there_are_20_at_most(checking: Checking):
    routes = "\n".join(f'"ANY /a{number}" = ["a"]' for number in range(30))
    found = checking.found(Rule.PREFLIGHT, routes)
    assert len(found) == 20
    assert found[-1].place == "apigw-oauth.toml"
    assert 'The same 11 times more: routes."ANY /a19", ' in found[-1].message
    assert (
        len(checking.found(Rule.PREFLIGHT, routes.rpartition("\n")[0].rpartition("/a20")[0].rpartition("\n")[0]))
        == 20
    )


def test_every_finding_says_what_to_do(checking: Checking):
    routes = '"ANY /{proxy+}" = "public"\n"GET /pets/{a}" = ["a"]\n"PUT /pets/{b}/x" = []\n"GET /pets/x" = ["c"]'
    found = checking.all(routes, 'cache = "token"\ncache_ttl = 900', more=VERIFIER.replace("secretsmanager:", "x"))
    assert len({one.code for one in found}) > 8
    for one in found:
        assert one.place.startswith("apigw-oauth.toml: ")
        assert one.message.endswith(".")
        assert one.mend
        assert not one.mend.endswith(".")


@pytest.mark.untraced  # it does nothing that one route does not, but ten thousand times
def test_ten_thousand_routes_are_checked(checking: Checking):
    routes = "\n".join(
        f'"GET /s{number % 97}/{{id}}/r{number}" = ["scope{number % 50}"]' for number in range(10_000)
    )
    assert checking.all(routes, 'cache = "token"')


def test_codes_are_unique_words():
    codes = [rule.code for rule in Rule]
    assert len(set(codes)) == len(codes)
    assert all(code == code.lower() and " " not in code for code in codes)


@pytest.mark.parametrize("rule", list(Rule), ids=lambda rule: rule.code)
def test_every_rule_has_a_test(rule: Rule):
    tests = [path.read_text() for path in Path(__file__).parent.rglob("test_*.py")]
    assert any(
        f"Rule.{rule.name}" in text or f'["{rule.code}"]' in text or f'== "{rule.code}"' in text for text in tests
    )


def test_long_lists_are_cut():
    assert listed("abc") == "a, b, c"
    assert listed("abcdefg") == "a, b, c, d, e and 2 more"
