"""The Lambda extension, and everything that something at its port may say instead."""

import json
import socket
from typing import Any

import pytest

from apigw_oauth.authorizer import secrets_extension
from apigw_oauth.authorizer.references import Source
from apigw_oauth.authorizer.secrets_extension import ATTEMPTS, Extension, Said
from apigw_oauth.authorizer.verifiers.http_client import HttpClient
from tests.scripted_server import Behaviour, ScriptedServer, answer, hang_up, raw

SECRET = Source("secretsmanager", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/as-AbCdEf")
PARAMETER = Source("ssm", "/prod/as secret?&name=x")
NOT_READY = answer(b"not ready to serve traffic, please wait", status="400 Bad Request")
IN_LAMBDA = {"AWS_SESSION_TOKEN": "token", "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001"}


def said(content: Any) -> Behaviour:
    return answer(content if isinstance(content, bytes) else json.dumps(content).encode())


def extension(server: ScriptedServer, pauses: list[float] | None = None) -> Extension:
    sleep = (pauses if pauses is not None else []).append
    return Extension(HttpClient(server.url, total_timeout=0.5), "session-token", sleep=sleep)


def test_it_is_asked_as_aws_says():
    with ScriptedServer(
        said({"SecretString": "s", "Name": "n"}), said({"Parameter": {"Value": "p"}, "ResultMetadata": {}})
    ) as server:
        asked = extension(server)
        assert asked.read(SECRET, wait=False) == Said("s")
        assert asked.read(PARAMETER, wait=False) == Said("p")
    first, second = (request.decode() for request in server.requests)
    assert first.startswith(
        "GET /secretsmanager/get?secretId=arn%3Aaws%3Asecretsmanager%3Aeu-west-1%3A123456789012%3Asecret%3A"
        "prod%2Fas-AbCdEf HTTP/1.1\r\n"
    )
    assert second.startswith(
        "GET /systemsmanager/parameters/get?withDecryption=true&name=%2Fprod%2Fas%20secret%3F%26name%3Dx HTTP/1.1\r\n"
    )
    for request in (first, second):
        assert "X-Aws-Parameters-Secrets-Token: session-token\r\n" in request


def test_while_the_environment_initializes_it_is_not_waited_for():
    pauses: list[float] = []
    with ScriptedServer(NOT_READY) as server:
        assert extension(server, pauses).read(SECRET, wait=False) == Said(ready=False)
        assert len(server.requests) == 1
    assert pauses == []


def test_it_wakes_up_together_with_the_function():
    pauses: list[float] = []
    with ScriptedServer(NOT_READY, NOT_READY, said({"SecretString": "s"})) as server:
        assert extension(server, pauses).read(SECRET, wait=True) == Said("s")
    assert len(pauses) == 2
    with ScriptedServer(NOT_READY) as server:
        assert extension(server).read(SECRET, wait=True) == Said(ready=False)
        assert len(server.requests) == ATTEMPTS


@pytest.mark.parametrize(
    "behaviour",
    [
        answer(b"an unexpected error occurred while executing request", status="400 Bad Request"),
        answer(b"{}", status="401 Unauthorized"), answer(b"{}", status="500 Internal Server Error"),
        answer(b"", status="302 Found", headers="Location: http://127.0.0.1:1/\r\n"), hang_up, raw(b"garbage\r\n\r\n"),
        said(b"garbage"), said(b"[]"), said(b'{"SecretString": "a", "SecretString": "b"}'), said({}), said({"SecretString": None}),
        said({"SecretBinary": "c2VjcmV0"}), said({"SecretString": {"a": 1}}), said({"Parameter": {"Value": "p"}}), said({"SecretString": "s" * 70_000}),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
    ],
)  # fmt: skip
def test_whatever_else_is_said_there_says_nothing(behaviour: Behaviour):
    with ScriptedServer(behaviour) as server:
        assert extension(server).read(SECRET, wait=True) == Said()
        assert len(server.requests) == 1  # a redirect leads nowhere


def test_a_parameter_that_is_none_says_nothing():
    contents: list[Any] = [
        {"Parameter": "p"},
        {"Parameter": {}},
        {"Parameter": {"Value": 5}},
        {"SecretString": "s"},
    ]
    for content in contents:
        with ScriptedServer(said(content)) as server:
            assert extension(server).read(PARAMETER, wait=True) == Said()


def test_what_is_slow_is_given_up():
    with ScriptedServer(lambda _: True) as server:
        server._behaviours = [server.hang]
        client = HttpClient(server.url, total_timeout=0.05)
        assert Extension(client, "t").read(SECRET, wait=True) == Said()


def test_what_it_says_is_not_shown():
    assert "hunter2" not in f"{Said('hunter2')!r} {Said('hunter2')}"


def test_it_is_looked_for_in_lambda_and_where_its_port_is_named():
    with ScriptedServer(said({"SecretString": "s"})) as server:
        port = str(server.port)
        found = secrets_extension.find({"AWS_SESSION_TOKEN": "t", secrets_extension.PORT_VARIABLE: port})
        assert found is not None
        assert found.read(SECRET, wait=False) == Said("s")
    assert secrets_extension.find(IN_LAMBDA) is not None
    assert secrets_extension.find({}) is None
    assert secrets_extension.find({**IN_LAMBDA, "AWS_SESSION_TOKEN": ""}) is None
    assert secrets_extension.find({"AWS_SESSION_TOKEN": "t"}) is None
    for wrong in ("0", "65536", "-1", "2773 ", "x", "²", "1@evil.example"):
        assert secrets_extension.find({**IN_LAMBDA, secrets_extension.PORT_VARIABLE: wrong}) is None


def test_where_nobody_listens_there_is_none():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = str(listening.getsockname()[1])
    found = secrets_extension.find({**IN_LAMBDA, secrets_extension.PORT_VARIABLE: port})
    assert found is not None
    assert found.read(SECRET, wait=True) == Said()
