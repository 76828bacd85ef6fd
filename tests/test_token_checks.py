"""The rules about tokens: each has a test, and the page about them is made of the tests."""

import pytest

from tests.token_checks import ROOT, page, proofs
from tests.token_rules import SECTIONS

RULES = [rule for rules in SECTIONS.values() for rule in rules]


def test_the_rules_are_numbered_without_a_gap():
    assert [f"R{number}" for number in range(1, 74)] == RULES


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_test(rule: str):
    assert proofs().get(rule)


def test_marks_name_rules_that_there_are():
    known = {*RULES, *(f"L{number}" for number in range(1, 16)), *(f"I{number}" for number in range(1, 27))}
    assert set(proofs()) <= known


def test_the_page_is_what_the_tests_say():
    assert (ROOT / "docs" / "token-checks.md").read_text() == page(), "write it anew with: make docs"
