"""HTTP as the two servers of a benchmark need it: one write for an answer, no time spent on what nobody reads."""

import re
import socket
from typing import NamedTuple

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)


class HttpRequest(NamedTuple):
    """What a client has sent."""

    head: bytes
    """The lines before the body."""
    body: bytes


def read_request(connection: socket.socket) -> HttpRequest | None:
    """Return the next request of a connection; None where the client has gone."""
    received = b""
    while b"\r\n\r\n" not in received:
        if not (part := connection.recv(65536)):
            return None
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    found = _LENGTH.search(head)
    length = int(found[1]) if found else 0
    while len(body) < length:
        if not (part := connection.recv(65536)):
            return None
        body += part
    return HttpRequest(head, body)


def response(status: str, body: bytes, *headers: str) -> bytes:
    """Return an answer in JSON."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body
