import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authserver.authorization_details import MalformedDetailsError, are_covered, inline, parse

DETAIL = {
    "type": "account",
    "locations": ["https://a"],
    "actions": ["read"],
    "datatypes": ["balance"],
    "identifier": "1",
    "privileges": ["owner"],
    "amount": {"value": 1},
}


def test_the_api_spells_one_member_otherwise_and_keeps_unknown_ones_as_text():
    (element,) = parse(json.dumps([DETAIL]))
    assert element["dataTypes"] == ["balance"]
    assert json.loads(element["otherFields"]) == {"amount": {"value": 1}}
    assert not {"datatypes", "amount"} & element.keys()


def test_what_is_read_is_what_is_written():
    assert inline(parse(json.dumps([DETAIL, {"type": "b"}]))) == [DETAIL, {"type": "b"}]


def test_what_was_granted_covers_itself_and_nothing_else():
    granted = parse(json.dumps([DETAIL, {"type": "b"}]))
    assert are_covered(parse('[{"type":"b"}]'), granted)
    assert not are_covered(parse('[{"type":"b","actions":["read"]}]'), granted)
    assert not are_covered(parse('[{"type":"c"}]'), granted)


@given(st.text() | st.recursive(st.none() | st.text(), st.lists, max_leaves=5).map(json.dumps))
def test_rubbish_is_malformed(text):
    with pytest.raises(MalformedDetailsError):
        parse(text)
