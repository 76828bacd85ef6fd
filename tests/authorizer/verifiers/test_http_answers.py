"""Which bytes are an answer."""

import pytest

from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers.http_client import MAX_BODY, HttpClient
from tests.authorizer.verifiers.test_http_client import post
from tests.scripted_server import ScriptedServer, answer, raw


@pytest.mark.parametrize("length", [MAX_BODY, MAX_BODY + 1])
def test_the_longest_body(length):
    with ScriptedServer(answer(b"x" * length)) as server:
        client = HttpClient(server.url)
        if length <= MAX_BODY:
            assert len(post(client)) == length
        else:
            with pytest.raises(VerifierUnavailableError) as caught:
                post(client)
            assert caught.value.reason is Reason.AUTHORIZATION_SERVER_NONSENSE
        client.close()


def test_a_chunked_body_is_read_and_the_connection_kept():
    chunked = raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", keep=True)
    with ScriptedServer(chunked) as server:
        client = HttpClient(server.url)
        assert [post(client), post(client)] == [b"{}", b"{}"]
        assert server.connections == 1
        client.close()


def test_a_chunk_of_negative_size_is_nonsense():
    chunked = raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n{}\r\n")
    with ScriptedServer(chunked) as server, pytest.raises(VerifierUnavailableError) as caught:
        post(HttpClient(server.url))
    assert caught.value.reason is Reason.AUTHORIZATION_SERVER_NONSENSE


def test_a_redirect_is_an_answer_and_is_not_followed():
    with ScriptedServer(answer(status="302 Found", headers="Location: http://127.0.0.1:1/\r\n")) as server:
        client = HttpClient(server.url)
        assert client.post("/", {}, b"").status == 302
        assert len(server.requests) == 1
        client.close()


@pytest.mark.parametrize(
    "content",
    [
        b"garbage\r\n\r\n",
        b"\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"SSH-2.0-x\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    ],
)
def test_what_is_not_http_is_nonsense(content):
    with ScriptedServer(raw(content)) as server, pytest.raises(VerifierUnavailableError) as caught:
        post(HttpClient(server.url))
    assert caught.value.reason is Reason.AUTHORIZATION_SERVER_NONSENSE
