"""What is read without h11 is what h11 would read; anything else is left to it."""

import h11
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apigw_oauth.gateway import plain_http
from apigw_oauth.gateway.http_messages import HttpResponse

DATE = "date: Sat, 01 Jan 2000 00:00:00 GMT\r\n"


def by_h11(data: bytes) -> tuple[str, str, tuple[tuple[str, str], ...], bytes, bytes] | None:
    """Return what h11 makes of it, and of a request that it cannot read None."""
    connection = h11.Connection(h11.SERVER, 1_000_000)
    connection.receive_data(data)
    try:
        request = connection.next_event()
        body = b""
        while isinstance(event := connection.next_event(), h11.Data):
            body += event.data
    except h11.RemoteProtocolError:
        return None
    if not isinstance(request, h11.Request) or not isinstance(event, h11.EndOfMessage):
        return None
    assert connection.our_state is h11.SEND_RESPONSE
    assert connection.their_state is h11.DONE  # it stays open
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw_items()
    )
    return request.method.decode(), request.target.decode(), headers, body, connection.trailing_data[0]


def told(read: plain_http.PlainRequest) -> tuple[str, str, tuple[tuple[str, str], ...], bytes, bytes]:
    return read.method, read.target, read.head.headers, read.body, read.rest


def lines(*headers: str, first: str = "GET /dev/a HTTP/1.1", body: bytes = b"") -> bytes:
    return "\r\n".join([first, "Host: h", *headers, "", ""]).encode("latin-1") + body


PLAIN = [
    lines(),
    lines("hOsT2: x", "X-A:  padded \t", "X-A: again", "x-empty:"),
    lines("Content-Length: 3", first="POST / HTTP/1.1", body=b"abc"),
    lines("Content-Length: 3", body=b"abcGET / HTTP/1.1\r\n"),
    lines("Connection: keep-alive", "X-Latin: \xfc"),
    lines(first="OPTIONS * HTTP/1.1"),
    lines() + lines(),
]


@pytest.mark.parametrize("data", PLAIN, ids=range(len(PLAIN)))
def test_plain_requests_are_read_as_h11_reads_them(data: bytes):
    read = plain_http.read(data)
    assert read is not None
    assert told(read) == by_h11(data)


LEFT = [
    b"",
    lines()[:-1],
    lines(first="GET /dev/a HTTP/1.0"),
    lines(first="CONNECT h:443 HTTP/1.1"),
    lines(first="GET  HTTP/1.1"),
    lines(first="GET /\xfc HTTP/1.1"),
    lines("Host: again"),
    b"GET / HTTP/1.1\r\nX: 1\r\n\r\n",
    lines("X : 1"),
    lines("X: 1", " folded"),
    lines("X: \x00"),
    lines("X: \x01"),
    lines("X: a\nb"),
    lines("Transfer-Encoding: chunked"),
    lines("Connection: close"),
    lines("Connection: Upgrade", "Upgrade: websocket"),
    lines("Expect: 100-continue", "Content-Length: 1", body=b"a"),
    lines("Content-Length: 0", "Content-Length: 3", body=b"abc"),
    lines("Content-Length: 3", "Content-Length: 3", body=b"abc"),
    lines("Content-Length: +3", body=b"abc"),
    lines("Content-Length: 3, 3", body=b"abc"),
    lines("Content-Length: \xb2", body=b"ab"),
    lines("Content-Length: 3", body=b"ab"),
    b"\r\n" + lines(),
    lines().replace(b"\r\n", b"\n"),
]


@pytest.mark.parametrize("data", LEFT, ids=range(len(LEFT)))
def test_everything_else_is_left_to_h11(data: bytes):
    assert plain_http.read(data) is None


PIECES = st.sampled_from(
    [b"GET ", b"POST ", b"/", b" HTTP/1.1\r\n", b"Host: h\r\n", b"Host:", b"Content-Length: 2\r\n", b"X-A: b\r\n", b"\r\n",
     b"\n", b" ", b"\t", b":", b"ab", b"\x00", b"\x7f", b"\xff", b"\x0b", b"Connection: close\r\n", b"keep-alive", b"%", b"0"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14), st.booleans())
@example([b"X-A: b\r\n", b"Content-Length: 2\r\n", b"\r\n", b"ab", b"ab"], True)
def test_whatever_is_read_is_what_h11_reads(pieces: list[bytes], begun: bool):
    data = (b"GET / HTTP/1.1\r\nHost: h\r\n" if begun else b"") + b"".join(pieces)
    read = plain_http.read(data)
    if read is not None:
        assert told(read) == by_h11(data)


@given(st.lists(PIECES, max_size=8), st.lists(PIECES, max_size=8))
@example([b"X-A: b\r\n", b"\r\n"], [b"X-A: b\r\n", b"X-A: b\r\n", b"\r\n"])
@example([b"X-A: b\r\n", b"\r\n"], [b"X-A: b\r\n", b"\r\n", b"ab"])
def test_a_head_that_came_before_changes_nothing(pieces: list[bytes], others: list[bytes]):
    before = plain_http.read(b"GET /x HTTP/1.1\r\nHost: h\r\n" + b"".join(pieces))
    data = b"POST /y HTTP/1.1\r\nHost: h\r\n" + b"".join(others)
    assert plain_http.read(data, before.head if before else None) == plain_http.read(data)


def test_the_same_head_is_not_read_twice():
    before = plain_http.read(lines("X-A: b"))
    again = plain_http.read(lines("X-A: b", first="GET /dev/other HTTP/1.1"), before.head if before else None)
    assert before
    assert again
    assert again.head is before.head
    assert again.target == "/dev/other"


def test_a_response_is_written_in_one_piece():
    response = HttpResponse(200, (("X-A", "b"),), b"body")
    head = f"HTTP/1.1 200 OK\r\n{DATE}X-A: b\r\nContent-Length: 4\r\nConnection: "
    assert plain_http.written(response, "GET", DATE, ends=False) == f"{head}keep-alive\r\n\r\nbody".encode()
    assert plain_http.written(response, "HEAD", DATE, ends=True) == f"{head}close\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("status", "end"), [(204, ""), (205, "Content-Length: 0\r\n"), (304, ""), (599, "Content-Length: 1\r\n")]
)
def test_some_statuses_have_no_body_and_some_no_length(status: int, end: str):
    written = plain_http.written(HttpResponse(status, (), b"x"), "GET", "", ends=False).decode()
    assert written.partition("\r\n")[2] == f"{end}Connection: keep-alive\r\n\r\n{'x' if status == 599 else ''}"


@pytest.mark.parametrize(
    "header", [("X", "a\r\nSet-Cookie: b"), ("X: y", "a"), ("", "a"), ("X", "\x00"), ("X\n", "")]
)
def test_a_header_that_would_be_another_is_not_written(header: tuple[str, str]):
    with pytest.raises(ValueError, match="cannot be sent"):
        plain_http.written(HttpResponse(200, (("Content-Type", "x"), header)), "GET", DATE, ends=False)
