"""One meaning for each text, or none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.verifiers.strict_json import JsonError, loads_object


def refused(octets: bytes) -> bool:
    try:
        loads_object(octets)
    except JsonError:
        return True
    return False


@pytest.mark.rule("R12")
@pytest.mark.parametrize(
    "octets",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"b":{"c":1,"c":2}}',
        b'[{"a":{"b":1,"\\u0062":2}}]',
        b'{"iss":1,"\\u0069ss":2}',
    ],
)
def test_a_name_that_is_there_twice_is_refused_however_it_is_spelled(octets):
    assert refused(octets)


@pytest.mark.rule("R12")
@pytest.mark.parametrize(
    "octets",
    [
        b'\xef\xbb\xbf{"a":1}',
        '{"a":1}'.encode("utf-16"),
        '{"a":1}'.encode("utf-16-le"),
        '{"a":1}'.encode("utf-32"),
        b'{"a":"\xff"}',
        b'{"a":"\xed\xa0\x80"}',
        b'{"a":"\xc0\xaf"}',
        b'{"\\ud800":1}',
        b'{"a":"\\udfff"}',
        b'{"a":["\\ud83d x"]}',
    ],
)
def test_what_is_not_strict_utf_8_or_holds_half_a_character_is_refused(octets):
    assert refused(octets)


@pytest.mark.rule("R12")
@pytest.mark.parametrize(
    "octets",
    [
        b"[]", b'"a"', b"1", b"null", b"true", b"", b"{", b"{} {}", b"{'a':1}", b'{"a":1,}',
        b'{"a":1}x', b'{"a":1}}', b'{"a":1},', b'{"a":1} 1', b'"{"', b'"{" "a"', b"{}x",
    ],
)  # fmt: skip
def test_what_is_not_a_json_object_is_refused(octets):
    assert refused(octets)


@pytest.mark.parametrize(
    "octets",
    [
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b'{"a":1e999}',
        b'{"a":' + b"9" * 101 + b"}",
        b'{"a":01}',
    ],
)
def test_numbers_that_nobody_can_compare_are_refused(octets):
    assert refused(octets)


@pytest.mark.rule("R10", "L5")
def test_nesting_is_bounded_and_never_exhausts_the_stack():
    def nested(depth: int) -> bytes:
        return b'{"a":' * depth + b"1" + b"}" * depth

    assert loads_object(nested(32))
    assert refused(nested(33))
    assert refused(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}")
    assert refused(b'{"a":' * 100_000)
    assert loads_object(nested(3), max_depth=3)
    with pytest.raises(JsonError, match="deeply"):
        loads_object(nested(4), max_depth=3)


def test_whole_characters_beyond_the_basic_plane_are_fine():
    assert loads_object(b'{"a":"\\ud83d\\ude00"}') == loads_object('{"a":"😀"}'.encode()) == {"a": "😀"}


def test_a_message_holds_nothing_of_the_text():
    with pytest.raises(JsonError) as caught:
        loads_object(b'{"secret":1,"secret":2}')
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.rule("L5")
@given(
    st.binary() | st.text().map(str.encode) | st.text(st.sampled_from('{}[]",:\\u0d8aeE+-.1n ')).map(str.encode)
)
def test_any_octets_are_read_or_refused_and_nothing_else(octets):
    try:
        value = loads_object(octets)
    except JsonError:
        return
    assert json.loads(octets) == value


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**50), 10**50)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), _JSON, max_size=10))
def test_plain_objects_are_read_as_they_are(value):
    assert loads_object(json.dumps(value, ensure_ascii=False).encode()) == value
    assert loads_object(json.dumps(value).encode()) == value
