import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authserver import strict_json


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "NaN",
        "[Infinity]",
        '"\\ud800"',
        "[" * 33 + "]" * 33,
        "[" * 100_000,
        "9" * 5000,
        "1e999",
        "[-1e999]",
        '{"a":1,"a":1}',
    ],
)
def test_what_is_not_plain_json_is_refused(text):
    with pytest.raises(strict_json.NotPlainJsonError):
        strict_json.loads(text)


def test_moderate_nesting_is_fine():
    assert strict_json.loads("[" * 31 + "]" * 31)


@pytest.mark.parametrize("text", ["[]", '"a"', "1", "null"])
def test_an_object_is_asked_for(text):
    with pytest.raises(strict_json.NotPlainJsonError, match="not an object"):
        strict_json.loads_object(text)


@given(st.text() | st.binary().map(lambda octets: octets.decode("latin-1")))
def test_any_text_is_parsed_or_refused(text):
    try:
        value = strict_json.loads(text)
    except strict_json.NotPlainJsonError:
        return
    assert json.loads(json.dumps(value, ensure_ascii=False, allow_nan=False)) == value


def test_the_largest_number_is_fine():
    assert strict_json.loads("1.7976931348623157e308") == 1.7976931348623157e308
