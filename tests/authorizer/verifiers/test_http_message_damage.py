"""Answers that are well formed, and answers that are not, beside what the standard library reads there."""

import http.client
import io
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.authorizer.verifiers.test_http_message import Said, pieces_of, said

_NAMES = st.sampled_from(["Content-Type", "Date", "X", "x-~!", "Cache-Control", "Set-Cookie"])
_VALUES = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f\x85"), max_size=12
).map(str.strip)
_BODIES = st.binary(max_size=40)


@st.composite
def well_formed(draw: st.DrawFn) -> bytes:
    """An answer as a server should send it, with nothing after it."""
    status = draw(st.sampled_from([200, 200, 201, 400, 401, 403, 404, 429, 500, 503]))
    lines = [f"HTTP/1.1 {status} {draw(st.sampled_from(['', 'OK', 'No, not at all']))}"]
    lines += [f"{name}: {value}" for name, value in draw(st.lists(st.tuples(_NAMES, _VALUES), max_size=4))]
    body = draw(_BODIES)
    match draw(st.sampled_from(["length", "chunked", "end"])):
        case "length":
            lines.append(f"Content-Length: {len(body)}")
        case "chunked":
            lines.append(f"Transfer-Encoding: {draw(st.sampled_from(['chunked', 'Chunked']))}")
            cut = pieces_of(body, draw(st.lists(st.integers(0, 40), max_size=3)))
            extension = draw(st.sampled_from([b"", b";a", b';a="b"', b" ;a"]))
            trailer = draw(st.sampled_from([b"", b"A: b\r\n"]))
            body = (
                b"".join(b"%x%b\r\n%b\r\n" % (len(one), extension, one) for one in cut)
                + b"0\r\n"
                + trailer
                + b"\r\n"
            )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def said_to_http_client(content: bytes) -> Said | None:
    """What the standard library reads there."""

    class Connection:
        def makefile(self, _mode: str) -> io.BytesIO:
            return io.BytesIO(content)

    connection: Any = Connection()
    response = http.client.HTTPResponse(connection, method="POST")
    try:
        response.begin()
        body = response.read()
    except (http.client.HTTPException, ValueError):
        return None
    fields: dict[bytes, bytes] = {}
    for given_name, given_value in response.getheaders():
        name, value = given_name.lower().encode("latin-1"), given_value.strip(" \t").encode("latin-1")
        fields[name] = fields[name] + b", " + value if name in fields else value
    return response.status, fields, body


@given(well_formed(), st.lists(st.integers(0, 200), max_size=6))
def test_a_well_formed_answer_says_what_the_standard_library_reads(content, cuts):
    whole = said([content])
    assert whole is not None
    assert whole == said_to_http_client(content)
    assert whole == said(pieces_of(content, cuts))


_PARTS = [
    b"\r\n", b"\n", b"\r", b"\r\n\r\n", b" ", b"\t", b":", b"0", b"1", b";", b",", b"\0", b"HTTP/1.1 100 x\r\n\r\n", b"HTTP/1.0",
    b"Content-Length: 1\r\n", b"Transfer-Encoding: chunked\r\n", b"Connection: close\r\n", b"204", b"304", b"-", b"+", b"0\r\n\r\n",
]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    content = bytearray(draw(well_formed()))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(content)))
        content[at : at + draw(st.integers(0, 3))] = draw(st.sampled_from(_PARTS) | st.binary(max_size=3))
    return bytes(content)


@given(damaged() | st.binary(max_size=60), st.lists(st.integers(0, 200), max_size=6))
def test_whatever_arrives_in_whatever_pieces_is_read_as_the_standard_library_does_or_refused(content, cuts):
    whole = said([content] if content else [])
    assert whole == said(pieces_of(content, cuts))
    assert whole is None or whole == said_to_http_client(content)
