"""What is taken for an answer, whatever pieces it comes in."""

from collections.abc import Iterable

import pytest

from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers import http_message
from apigw_oauth.authorizer.verifiers.http_message import MAX_BODY, MAX_HEAD, Answer

Said = tuple[int, dict[bytes, bytes], bytes]

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def read(pieces: Iterable[bytes]) -> Answer:
    """The answer that these pieces make, of which the last is the last before the connection ends."""
    answer = Answer()
    for piece in pieces:
        if answer.take(piece):
            return answer
    answer.end()
    return answer


def said(pieces: Iterable[bytes]) -> Said | None:
    """What the answer says; None if it is none."""
    try:
        answer = read(pieces)
    except VerifierUnavailableError as error:
        assert error.reason is Reason.AUTHORIZATION_SERVER_NONSENSE
        return None
    return answer.status, answer.fields, answer.content


def pieces_of(content: bytes, cuts: Iterable[int]) -> list[bytes]:
    at = sorted({cut % (len(content) or 1) for cut in cuts} - {0})
    return [content[begin:end] for begin, end in zip([0, *at], [*at, len(content)], strict=True) if begin < end]


@pytest.mark.parametrize(
    ("content", "status", "body", "keeps_open"),
    [
        (OK + b"Content-Length: 2\r\n\r\n{}", 200, b"{}", True),
        (OK + b"content-length:2\r\n\r\n{}", 200, b"{}", True),
        (OK + b"Content-Length: \t2 \r\n\r\n{}", 200, b"{}", True),
        (OK + b"Content-Length: 002\r\n\r\n{}", 200, b"{}", True),
        (OK + b"Content-Length: 0\r\n\r\n", 200, b"", True),
        (OK + b"Content-Length: 2\r\nConnection: close\r\n\r\n{}", 200, b"{}", False),
        (OK + b"Content-Length: 2\r\nConnection: x, Close\r\n\r\n{}", 200, b"{}", False),
        (OK + b"Content-Length: 2\r\nConnection: x\r\nConnection: close\r\n\r\n{}", 200, b"{}", False),
        (OK + b"Content-Length: 2\r\n\r\n{}HTTP/1.1", 200, b"{}", False),
        (OK + b"\r\nuntil the end", 200, b"until the end", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: Keep-Alive\r\n\r\n{}", 200, b"{}", True),
        (b"HTTP/1.0 200 OK\r\n\r\n{}", 200, b"{}", False),
        (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", True),
        (b"HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", True),
        (b"HTTP/1.1 200 \xc3\x96K\tso\r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", True),
        (b"HTTP/1.1 999 x\r\nContent-Length: 0\r\n\r\n", 999, b"", True),
        (b"HTTP/1.1 204 x\r\nContent-Length: 2\r\n\r\n", 204, b"", True),
        (b"HTTP/1.1 204 x\r\n\r\n", 204, b"", True),
        (b"HTTP/1.1 304 x\r\nTransfer-Encoding: chunked\r\n\r\n", 304, b"", True),
        (b"HTTP/1.1 304 x\r\nContent-Length: 99999999\r\n\r\n", 304, b"", True),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK + b"Content-Length: 1\r\n\r\n1", 200, b"1", True),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 x\r\nA: b\r\n\r\n" + OK + b"Content-Length: 1\r\n\r\n1", 200, b"1", True),
        (CHUNKED + b"0\r\n\r\n", 200, b"", True),
        (CHUNKED + b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", 200, b"{}", True),
        (CHUNKED + b'0A;x=y;z="a b"\r\n0123456789\r\n000;x\r\n\r\n', 200, b"0123456789", True),
        (CHUNKED + b"2 \r\n\r\n\r\n0\t\r\n\r\n", 200, b"\r\n", True),
        (CHUNKED + b"2\r\n{}\r\n0\r\nA: b\r\nC: d\r\n\r\n", 200, b"{}", True),
        (CHUNKED + b"2\r\n{}\r\n0\r\n\r\n0\r\n\r\n", 200, b"{}", False),
        (OK + b"Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n", 200, b"", True),
    ],
)  # fmt: skip
def test_an_answer(content, status, body, keeps_open):
    whole = read([content])
    assert (whole.status, whole.content, whole.keeps_open) == (status, body, keeps_open)
    assert said(content[at : at + 1] for at in range(len(content))) == said([content])


@pytest.mark.parametrize(
    "content",
    [
        # Not HTTP
        b"x", b"\r\n" + OK, b"HTTP/2 200 OK\r\n\r\n", b"HTTP/1.2 200 OK\r\n\r\n", b"http/1.1 200 OK\r\n\r\n", b"HTTP/1.1  200 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n", b"HTTP/1.1 2000 OK\r\n\r\n", b"HTTP/1.1 +20 OK\r\n\r\n", b"HTTP/1.1 099 OK\r\n\r\n",
        b"HTTP/1.1 20\r\n\r\n", b"HTTP/1.1\t200 OK\r\n\r\n", b"HTTP/1.1 2\xb20 OK\r\n\r\n", b"HTTP/1.1 200 \0\r\n\r\n",
        # What another reader could take for the end of a line
        b"HTTP/1.1 200 OK\n\n", OK + b"A: b\n\r\n", OK + b"A: b\nC: d\r\n\r\n", OK + b"A: b\rC: d\r\n\r\n", OK + b"A: b\0\r\n\r\n",
        b"HTTP/1.1 200 OK\nA: b\r\n\r\n", OK + b"Content-Length: 2\n\n{}",
        # Fields that are none
        OK + b" A: b\r\n\r\n", OK + b"A: b\r\n c\r\n\r\n", OK + b"A: b\r\n\tc: d\r\n\r\n", OK + b"A : b\r\n\r\n", OK + b"A\r\n\r\n",
        OK + b": b\r\n\r\n", OK + b"A(: b\r\n\r\n", OK + b"\xc4: b\r\n\r\n", OK + b"A: b\r\n" * 101 + b"\r\n",
        # Lengths that are none
        *(OK + b"Content-Length: " + value + b"\r\n\r\n{}" for value in (
            b"", b"-2", b"+2", b"2.0", b"0x2", b"2 2", b"2, 2", b"1_0", b"\xb2", b"9" * 19, b"0" * 18 + b"2", b"9" * 5000,
        )),
        OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}}",
        # Codings that are not for us
        *(OK + b"Transfer-Encoding: " + value + b"\r\n\r\n0\r\n\r\n" for value in (
            b"", b"gzip", b"gzip, chunked", b"chunked, gzip", b"chunked, chunked", b"chunked;x", b"xchunked", b"identity",
        )),
        OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        # Chunks that are none
        *(CHUNKED + chunk + b"0\r\n\r\n" for chunk in (
            b"\r\n", b"g\r\n", b"-1\r\n", b"+1\r\n{\r\n", b"0x1\r\n{\r\n", b" 1\r\n{\r\n", b";x\r\n", b"1_0\r\n", b"1\n{\r\n",
            b"1;\n\r\n{\r\n", b"1\r\n{}\r\n", b"3\r\n{}\r\n", b"2\r\n{}xx", b"1;" + b"x" * 1023 + b"\r\n{\r\n", b"0" * 17 + b"1\r\n{\r\n",
        )),
        CHUNKED + b"0\r\nA\r\n\r\n", CHUNKED + b"0\r\n A: b\r\n\r\n", CHUNKED + b"0\r\nA: b\n\r\n\r\n", CHUNKED + b"0\r\nA: b\r\n" * 101,
        # Interim answers, which could be somebody else's
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n", b"HTTP/1.1 101 x\r\n\r\n" + OK + b"Content-Length: 0\r\n\r\n",
        b"HTTP/1.1 103 x\r\nContent-Length: 38\r\n\r\n" + OK + b"Content-Length: 0\r\n\r\n",
        b"HTTP/1.1 100 x\r\nTransfer-Encoding: chunked\r\n\r\n" + OK + b"Content-Length: 0\r\n\r\n",
        # Too much
        OK + b"A: " + b"x" * MAX_HEAD + b"\r\n\r\n", OK + b"A: " + b"x" * MAX_HEAD, b"HTTP/1.1 100 x\r\n\r\n" * 4000,
        OK + b"Content-Length: 65537\r\n\r\n" + b"x" * (MAX_BODY + 1), OK + b"\r\n" + b"x" * (MAX_BODY + 1),
        CHUNKED + b"10000\r\n" + b"x" * MAX_BODY + b"\r\n1\r\nx\r\n0\r\n\r\n", CHUNKED + b"FFFFFFFFFFFF\r\n", CHUNKED + b"0" * 1026,
        CHUNKED + (b"1;" + b"x" * 100 + b"\r\n{\r\n") * 6000 + b"0\r\n\r\n", CHUNKED + b"0\r\nA: " + b"x" * MAX_HEAD, CHUNKED + b"0\r\nA: " + b"x" * MAX_HEAD + b"\r\n\r\n",
        # Cut
        b"", b"HTT", OK[:-1], OK, OK + b"A: b\r\n", OK + b"Content-Length: 2\r\n\r\n", OK + b"Content-Length: 2\r\n\r\n{",
        CHUNKED, CHUNKED + b"2", CHUNKED + b"2\r\n{}", CHUNKED + b"2\r\n{}\r\n", CHUNKED + b"2\r\n{}\r\n0\r\n", CHUNKED + b"0\r\nA: b\r\n",
    ],
)  # fmt: skip
def test_no_answer(content):
    assert said([content] if content else []) is None
    if len(content) < 1000:
        assert said(content[at : at + 1] for at in range(len(content))) is None


def test_the_longest_answers():
    longest = b"x" * MAX_BODY
    single = b"".join(b"1\r\nx\r\n" for _ in longest)
    for content in [b"Content-Length: 65536\r\n\r\n" + longest, b"\r\n" + longest]:
        assert read([OK + content]).content == longest
    for content in [b"10000\r\n" + longest + b"\r\n", single]:
        assert read([CHUNKED + content + b"0\r\n\r\n"]).content == longest
    head = OK + b"A: " + b"x" * (MAX_HEAD - len(OK) - 3)
    for cut in range(5):  # the limit is the same, wherever the end of the head is cut
        assert read(pieces_of(head + b"\r\n\r\n", [len(head) + cut])).status == 200
        assert said(pieces_of(head + b"x\r\n\r\n", [len(head) + cut])) is None


def test_nobody_waits_for_the_end_of_what_will_be_no_head():
    for begin in (b"S", b"HTTP/2", b"HTTP/1.1 200 OK\n", OK + b"A: b\nC"):
        with pytest.raises(VerifierUnavailableError):
            Answer().take(begin)


def test_an_answer_has_begun_with_its_first_octet():
    answer = Answer()
    assert not answer.has_begun
    answer.take(b"H")
    assert answer.has_begun


def test_a_line_that_was_seen_says_the_same_again_and_one_that_was_refused_is_refused_again():
    content = OK + b"A: b\r\nContent-Length: 0\r\n\r\n"
    assert said([content]) == said([content]) == (200, {b"a": b"b", b"content-length": b"0"}, b"")
    for _ in range(2):
        assert said([OK + b"A : b\r\nContent-Length: 0\r\n\r\n"]) is None
    assert said([OK + b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n"]) is None


def test_of_lines_that_were_seen_few_and_short_ones_are_kept():
    for number in range(200):
        long = b"x" * 300
        whole = read([OK + b"Date: %d\r\nLong: %b\r\nContent-Length: 0\r\n\r\n" % (number, long)])
        assert (whole.fields[b"date"], whole.fields[b"long"]) == (b"%d" % number, long)
        assert len(http_message._SEEN) <= 64
    assert all(len(line) <= 256 for line in http_message._SEEN)
