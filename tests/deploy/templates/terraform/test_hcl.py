"""HCL as it is written is HCL as others read it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apigw_oauth.deploy.templates.terraform.hcl import (
    Attribute,
    Block,
    Call,
    Comment,
    Expression,
    Value,
    block,
    document,
    string,
)
from tests.deploy.templates.terraform.hcl_reading import attributes, read

NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,11}", fullmatch=True).filter(
    lambda name: name not in {"true", "false", "null", "for", "if", "in", "else"}
)
# The parser wants what is no template to be closed as if it were one; Terraform itself does not.
OPEN = re.compile(r"[$%]\{[^}]*$")
# Surrogates are no text.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30).filter(lambda text: not OPEN.search(text))
PIECES = ["${a}", "%{if b}", "$", "%", "{", "}", '"', "\\", "\n", "~", "c"]
TEMPLATES = st.lists(st.sampled_from(PIECES), max_size=8).map("".join).filter(lambda text: not OPEN.search(text))
VALUES: st.SearchStrategy[Value] = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(NAMES | TEXTS, inside, max_size=4),
    max_leaves=12,
)


def written(value: Value) -> object:
    (found,) = read(document([block("locals", attributes={"value": value})]))["locals"]
    return attributes(found)["value"]


@pytest.mark.untraced
@settings(max_examples=60)
@given(VALUES)
def test_a_value_is_read_as_it_was_meant(value):
    assert written(value) == value


@pytest.mark.untraced
@settings(max_examples=150)
@given(TEMPLATES)
def test_nothing_in_a_string_is_evaluated(text):
    assert written(text) == text


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("${name}", '"$${name}"'),
        ("%{if x}", '"%%{if x}"'),
        ("$${name}", '"$$${name}"'),
        ("100%, $5", '"100%, $5"'),
        ('a "b"\n\\c\t', r'"a \"b\"\n\\c\t"'),
        ("\x00\u2028", r'"\u0000\u2028"'),
        ("Ærøskøbing 😀", '"Ærøskøbing 😀"'),
    ],
    ids=["interpolation", "directive", "dollars", "plain", "escapes", "control", "letters"],
)
def test_strings_are_escaped_as_the_language_says(text, quoted):
    assert string(text) == quoted


def test_the_layout_is_that_of_terraform_fmt():
    text = document(
        [
            Comment("Two lines\nabout it."),
            block(
                "resource",
                "aws_thing",
                "one",
                attributes={
                    "a": 1,
                    "longer": Expression("var.x"),
                    "map": {"a b": True, "in": None, "plain": []},
                    "z": {},
                    "policy": Call("jsonencode", [{"a": "b"}]),
                    "zz": "end",
                },
                blocks=[block("inner", attributes={"x": "y"}), block("empty", attributes={})],
            ),
            block("output", "two", attributes={"value": ["x" * 60, "y" * 60]}),
        ]
    )
    assert text == LAYOUT


def test_comments_stand_above_what_they_are_about_inside_blocks_too():
    inside = Block("locals", (), (Comment("Why."), Attribute("a", 1), Comment("What."), block("b", attributes={})))
    assert document([inside]) == "locals {\n  # Why.\n  a = 1\n\n  # What.\n  b {}\n}\n"


LAYOUT = """\
# Two lines
# about it.
resource "aws_thing" "one" {
  a      = 1
  longer = var.x
  map = {
    "a b" = true
    "in"  = null
    plain = []
  }
  z = {}
  policy = jsonencode([
    {
      a = "b"
    },
  ])
  zz = "end"

  inner {
    x = "y"
  }

  empty {}
}

output "two" {
  value = [
    "{0}",
    "{1}",
  ]
}
""".replace("{0}", "x" * 60).replace("{1}", "y" * 60)
