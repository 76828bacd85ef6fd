"""What is kept of one request on a connection changes nothing of the next."""

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from uvicorn.server import ServerState

from apigw_oauth.gateway import plain_http
from apigw_oauth.gateway.client_certificate import ClientCertificate
from apigw_oauth.gateway.ending import Ending
from apigw_oauth.gateway.handed_on import REMOVED_HEADERS, HandedOn
from apigw_oauth.gateway.http_messages import GatewayRequest, HttpResponse
from apigw_oauth.gateway.plain_requests import PlainRequests

CERTIFICATE = ClientCertificate("PEM", "CN=c", "CN=ca", "1", "then", "later")
HEADERS = st.lists(
    st.sampled_from(
        ["Authorization: Bearer a", "Authorization: Bearer b", "X-Amzn-Trace-Id: Root=1", "x-forwarded-for: 1.1.1.1",
         "X: a", "X: b", "x: a"]
    ), max_size=3
)  # fmt: skip
REQUESTS = st.builds(
    lambda verb, target, headers, body: (
        "\r\n".join(
            [f"{verb} /dev/{target} HTTP/1.1", "Host: h", *headers, f"Content-Length: {len(body)}", "", body]
        )
    ).encode(),
    st.sampled_from(["GET", "POST", "HEAD"]),
    st.sampled_from(["a", "b", "a?q=1", "a?q=2"]),
    HEADERS,
    st.sampled_from(["", "a", "b", "GET / HTTP/1.1\r\nHost: h\r\n\r\n"]),
)


class Client:
    """A connection, what is handed on of it, and what is sent back: the number of each request."""

    def __init__(self) -> None:
        self.requests: list[GatewayRequest] = []
        self.written = b""
        self.plain = PlainRequests(self.respond, ServerState(), Ending(1.0), self.answered)
        itself: Any = self
        self.plain.connected(
            itself, itself, client=("10.0.0.1", 1), server=("::1", 8080), scheme="https", certificate=CERTIFICATE
        )
        self.write_paused = False

    async def respond(self, request: GatewayRequest) -> HttpResponse:
        self.requests.append(request)
        return HttpResponse(200, (("X-Number", str(len(self.requests))),))

    def answered(self, meanwhile: bytes) -> None:
        assert not meanwhile or self.plain.serve(meanwhile)

    def is_closing(self) -> bool:
        return False

    def write(self, data: bytes) -> None:
        self.written += data

    def resume_reading(self) -> None:
        pass


async def handed_on(pieces: list[list[bytes]]) -> Client:
    """Send requests, those of one piece at once."""
    client = Client()
    for piece in pieces:
        assert client.plain.serve(b"".join(piece))
        for _ in range(9):  # turns of the loop: more than three requests take
            await asyncio.sleep(0)
    return client


@settings(deadline=None)
@given(st.lists(REQUESTS, min_size=1, max_size=3), st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=3)))
def test_each_request_is_handed_on_as_if_it_were_the_only_one(known: list[bytes], order: list[list[int]]):
    pieces = [[known[number % len(known)] for number in piece] for piece in order]
    client = asyncio.run(handed_on(pieces))
    sent = [request for piece in pieces for request in piece]
    assert len(client.requests) == len(sent) == client.written.count(b"X-Number: ")
    for data, request in zip(sent, client.requests, strict=True):
        read = plain_http.read(data)
        assert read is not None
        assert (read.rest, request.handed_on is None) == (b"", False)
        alone = GatewayRequest(
            read.method, read.target, read.head.headers, read.body, "10.0.0.1", "https", 8080,
            client_certificate=CERTIFICATE, handed_on=request.handed_on,
        )  # fmt: skip
        assert request == alone
        assert request.handed_on is not None
        assert request.handed_on.all("t") == HandedOn.of(alone).all("t")
        assert request.handed_on.maps(REMOVED_HEADERS, "t") == HandedOn.of(alone).maps(REMOVED_HEADERS, "t")
