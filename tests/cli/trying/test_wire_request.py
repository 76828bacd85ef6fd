"""What stands on the command line → a request."""

from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.cli.options import WrongUsageError
from apigw_oauth.cli.trying import wire_request
from apigw_oauth.project.project_file import Address

HOST = Address("127.0.0.1", 8080)


def test_a_request_has_what_every_client_sends_unless_it_is_given():
    made = wire_request.make("GET", "/dev/x", (("host", "mine"), ("A", "b")), host=HOST)
    assert made.headers == (("User-Agent", "apigw-oauth-try"), ("host", "mine"), ("A", "b"))
    assert (made.port, made.target) == (8080, "/dev/x")


def test_a_method_goes_as_it_is_written():
    assert [wire_request.read_method(text) for text in ("GET", "get")] == ["GET", "get"]
    with pytest.raises(WrongUsageError, match="BREW"):
        wire_request.read_method("BREW")


@pytest.mark.parametrize("path", ["/", "/a/b?x=1&y=%20", "//a", "/a*b:c", "/a%2Fb"])
def test_a_path_goes_as_it_is_written(path: str):
    assert wire_request.read_path(path) == path


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("a", "slash"),
        ("http://h/a", "without scheme"),
        ("/ä", "percent"),
        ("/a b", "percent"),
        ("/a#b", "percent"),
    ],
)
def test_a_path_that_no_client_can_send(path: str, message: str):
    with pytest.raises(WrongUsageError, match=message):
        wire_request.read_path(path)


def test_headers_are_read_as_curl_reads_them():
    assert wire_request.read_headers(["A: b: c ", "X-Y:z"]) == (("A", "b: c"), ("X-Y", "z"))


@given(st.text(st.characters(exclude_characters=":"), min_size=13))
def test_a_header_without_a_colon_is_not_shown_whole(text: str):
    with pytest.raises(WrongUsageError) as error:
        wire_request.read_headers([text])
    assert text not in str(error.value)


@pytest.mark.parametrize("text", [": v", "A B: c", "A: b\nC: d", "A: \u20ac"])
def test_a_header_that_cannot_be_sent(text: str):
    with pytest.raises(WrongUsageError, match="--header"):
        wire_request.read_headers([text])


def test_a_token_is_taken_from_standard_input_where_a_dash_stands():
    assert wire_request.read_token("-", StringIO("abc\n")) == "abc"
    assert wire_request.read_token("-abc", StringIO("no")) == "-abc"


@pytest.mark.parametrize("text", ["", " ", "Bearer abcdefgh", "abc\x01defgh", "abc\u20acdefgh"])
def test_a_token_that_is_none_is_not_shown(text: str):
    with pytest.raises(WrongUsageError) as error:
        wire_request.read_token(text, StringIO())
    assert "defgh" not in str(error.value)


def test_an_empty_standard_input_is_told():
    with pytest.raises(WrongUsageError, match="standard input"):
        wire_request.read_token("-", StringIO(""))
