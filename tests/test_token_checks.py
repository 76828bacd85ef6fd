"""The rules about tokens: each has a test, and the page about them is made of the tests."""

import pytest

from tests.token_checks import ROOT, Proof, page, proofs
from tests.token_rules import SECTIONS

RULES = [rule for rules in SECTIONS.values() for rule in rules]


@pytest.fixture(scope="module")
def found() -> dict[str, list[Proof]]:
    """The tests of each rule; all files are read for it, so they are read once."""
    return proofs()


def test_the_rules_are_numbered_without_a_gap():
    assert [f"R{number}" for number in range(1, 74)] == RULES


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_test(rule: str, found: dict[str, list[Proof]]):
    assert found.get(rule)


def test_marks_name_rules_that_there_are(found: dict[str, list[Proof]]):
    known = {*RULES, *(f"L{number}" for number in range(1, 16)), *(f"I{number}" for number in range(1, 27))}
    assert set(found) <= known


def test_the_page_is_what_the_tests_say():
    assert (ROOT / "docs" / "token-checks.md").read_text() == page(), "write it anew with: make docs"
