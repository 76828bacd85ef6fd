import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authserver.form_parameters import MalformedFormError, parse_form, single


def test_each_name_has_all_its_values():
    assert parse_form("a=1&b=&a=2&c=%C3%BC+x&d=ü".encode()) == {
        "a": ["1", "2"],
        "b": [""],
        "c": ["ü x"],
        "d": ["ü"],
    }


@pytest.mark.parametrize("body", [b"a=%ff", b"\xff", b"&".join(b"a=1" for _ in range(101))])
def test_what_is_no_form(body):
    with pytest.raises(MalformedFormError):
        parse_form(body)


@given(st.binary())
def test_any_body_is_parsed_or_refused(body):
    try:
        form = parse_form(body)
    except MalformedFormError:
        return
    assert all(values for values in form.values())


def test_a_single_value():
    assert single({"a": ["1"]}, "a") == "1"
    assert single({}, "a") == ""
    with pytest.raises(MalformedFormError):
        single({"a": ["1", "1"]}, "a")
