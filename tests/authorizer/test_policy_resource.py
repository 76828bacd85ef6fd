"""What IAM matches."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.policy_resource import matches
from apigw_oauth.gateway.glob_match import glob_match


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("GET/pets/*", "GET/pets/7", True),
        ("GET/pets/*", "GET/pets/", True),
        ("GET/pets/*", "GET/pets/7/owner", True),
        ("GET/pets/*", "GET/pets", False),
        ("GET/*/x", "GET/a/b/x", True),
        ("GET/*/x", "GET/a/b/y", False),
        ("GET/?", "GET/a", True),
        ("GET/?", "GET/", False),
        ("GET/?", "GET/ab", False),
        ("*", "", True),
        ("", "", True),
        ("", "a", False),
        ("a", "", False),
    ],
)
def test_named_cases(pattern, text, expected):
    assert matches(pattern, text) is expected


@given(pattern=st.text("ab/*?", max_size=8), text=st.text("ab/*?", max_size=10))
def test_it_agrees_with_the_local_gateway_and_with_a_regular_expression(pattern, text):
    expression = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    assert matches(pattern, text) == glob_match(pattern, text) == bool(re.fullmatch(expression, text))
