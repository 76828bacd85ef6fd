import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apigw_oauth.gateway.glob_match import glob_match


def reference(pattern: str, text: str) -> bool:
    expression = "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("*", "", True),
        ("", "", True),
        ("", "a", False),
        ("a*", "a", True),
        ("a*b", "a:/x/b", True),
        ("a*b", "ab", True),
        ("a*a", "a", False),
        ("?", "", False),
        ("?", "/", True),
        ("a?c", "abc", True),
        ("*?*", "", False),
        ("*ab*ab*", "xabx", False),
        ("prod/*/*", "prod/GET/", True),
        ("GET*", "GETTER", True),
        ("a", "A", False),
        ("[a]", "a", False),
    ],
)
def test_examples(pattern: str, text: str, expected: bool) -> None:
    assert glob_match(pattern, text) is expected


@settings(deadline=None)
@given(st.text("ab*?", max_size=10), st.text("ab*?\n", max_size=12))
def test_it_agrees_with_regular_expressions(pattern: str, text: str) -> None:
    assert glob_match(pattern, text) is reference(pattern, text)


@settings(deadline=None)
@given(st.text())
def test_a_pattern_without_wildcards_matches_itself_only(text: str) -> None:
    plain = text.replace("*", "").replace("?", "")
    assert glob_match(plain, plain)
    assert not glob_match(plain, plain + "x")


@pytest.mark.parametrize("pattern", ["a*" * 250 + "b", "*a?" * 160 + "b", "?*" * 250 + "b"])
def test_no_pattern_is_slow(pattern: str) -> None:
    started = time.perf_counter()
    assert not glob_match(pattern, "a" * 1600)
    assert time.perf_counter() - started < 1
