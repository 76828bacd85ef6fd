"""What is sent."""

from collections.abc import Mapping

import pytest

from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers.http_request import head, whole


def request(method: str, target: str, host: str, headers: Mapping[str, str], content: bytes | None) -> bytes:
    return whole(head(method, target, host, headers), content)


def test_a_request_is_one_piece():
    sent = request("POST", "/a?b=c", "as.example.com", {"Content-Type": "text/plain"}, b"token=t")
    assert sent == (
        b"POST /a?b=c HTTP/1.1\r\nHost: as.example.com\r\nAccept-Encoding: identity\r\n"
        b"Content-Type: text/plain\r\nContent-Length: 7\r\n\r\ntoken=t"
    )


def test_a_request_for_nothing_in_particular_is_for_the_root_and_has_no_length():
    assert request("GET", "", "h", {}, None) == b"GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: identity\r\n\r\n"
    assert b"\r\nContent-Length: 0\r\n" in request("POST", "/", "h", {}, b"")


@pytest.mark.parametrize("character", ["\r", "\n", "\r\n", "\0", "\t", "\x7f", "\x85", "é", "\u2028", "\ud800"])
def test_nothing_can_be_put_into_a_request(character):
    for target, headers in [(f"/a{character}", {}), ("/", {"A": f"b{character}c"}), ("/", {f"A{character}": "b"})]:
        with pytest.raises(VerifierUnavailableError) as caught:
            request("GET", target, "h", headers, None)
        assert caught.value.reason is Reason.INTERNAL_ERROR
        assert character not in str(caught.value)


@pytest.mark.parametrize(
    ("target", "name"), [("/a b", "A"), ("/ HTTP/1.1", "A"), ("/", "A: b"), ("/", "A "), ("/", "")]
)
def test_what_would_be_read_differently_is_not_sent(target, name):
    with pytest.raises(VerifierUnavailableError):
        request("GET", target, "h", {name: "x"}, None)
