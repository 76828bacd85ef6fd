"""The ways in which API Gateway may have read a path."""

from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.path_readings import is_plain, readings

PATHS = st.text(st.sampled_from("ab/%2F41.*?-_~"), max_size=12).map(lambda text: "/" + text)


@given(PATHS)
def test_the_path_as_it_came_is_the_first_reading_and_none_is_repeated(path):
    found = readings(path)
    assert found[0] == path
    assert len(set(found)) == len(found)


@given(PATHS)
def test_a_plain_path_reads_in_one_way(path):
    if is_plain(path):
        assert readings(path) == (path,)
        assert not set(path) & set("*?%$")


def test_encoded_characters_are_decoded_once():
    assert readings("/a%2Fb") == ("/a%2Fb", "/a/b")
    assert "/a%2Fb" in readings("/a%252Fb")
    assert "/a/b" not in readings("/a%252Fb")


@given(st.text(st.characters(max_codepoint=127), max_size=10).map(lambda text: "/" + text))
def test_ascii_is_decoded_as_everybody_does(path):
    encoded = "".join(f"%{ord(character):02X}" for character in path[1:])
    assert unquote("/" + encoded) in readings("/" + encoded)


def test_runs_of_slashes_may_be_one():
    assert set(readings("//a///b")) == {"//a///b", "/a/b"}
    assert "/a/b" in readings("/a%2F%2Fb")
