"""Bodies of mock integrations, as API Gateway renders them."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apigw_oauth.deploy.mock_template import vtl
from tests.deploy.velocity import rendered

BODIES = [
    "$5",
    "${not} a variable",
    "#set($x = 'y')$x",
    "## no comment",
    "#* neither *#",
    r"C:\$dir and \\$dir and \#if",
    r"a \ alone",
    "$dollar and $hash, ${backslash}",
    '{"a": "$b"',
]


@pytest.mark.parametrize("body", BODIES)
def test_a_text_is_rendered_as_it_is(body):
    assert rendered(vtl(body)) == body


@given(st.text(alphabet="$#\\{}()*!' ax\"\n", max_size=20))
@example("\\\\$x")
@example("$!{x}#")
def test_any_text_is_rendered_as_it_is(body):
    made = rendered(vtl(body))
    assert made == body or json.loads(made) == json.loads(body)


VALUES = st.recursive(
    st.text(alphabet="$#\\{}a\"'\n"), lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside)
)


@given(VALUES)
def test_json_is_rendered_as_equal_json(value):
    body = json.dumps(value)
    made = rendered(vtl(body))
    assert json.loads(made) == value
    assert not {"$", "#"} & set(made)


def test_what_means_nothing_to_a_template_is_left_alone():
    assert vtl('{"status":"ok"}') == '{"status":"ok"}'


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("#set($a = 'x')$a${a}\\$a\\\\$a$b", "xx$a\\x$b"),
        ("a##b\nc#*d*#e", "ace"),
    ],
)
def test_the_reading_of_templates_knows_what_has_to_be_avoided(template, text):
    assert rendered(template) == text


def test_the_reading_of_templates_refuses_directives_that_it_does_not_know():
    with pytest.raises(ValueError, match="#if"):
        rendered("#if(true)")
