"""The part that measures authorization servers: ours always, oidc-provider where its packages are installed."""

import json
import os
import re
import shutil
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path

import pytest
from benchmarks.bar_chart import svg
from benchmarks.keep_alive_load import Connections, WrongAnswerError, is_whole
from benchmarks.part import Effort, Section
from benchmarks.peer_environments import NotInstallableError
from benchmarks.server_process import Command, ServerFailedError, ServerProcess

from benchmarks import authorization_servers, authserver, node_environment
from tests.interop.conftest import OIDC_PROVIDER

INSTALLED = OIDC_PROVIDER / "node_modules" / ".package-lock.json"
NUMBER = r"[0-9.,]+"


def rows(section: Section) -> dict[str, float]:
    """What each server could do per core, in its section."""
    found = re.findall(rf"^\| (\S.*?) \| ({NUMBER}) \(.*?\) \| {NUMBER} \(", section.text, re.MULTILINE)
    return {name: float(number.replace(",", "")) for name, number in found}


def from_the_tests(directory: Path, _name: str, _pins: Path) -> Path:
    (directory / "node_modules").symlink_to(INSTALLED.parent)
    shutil.copyfile(OIDC_PROVIDER / "package.json", directory / "package.json")
    return directory


def test_our_server_is_measured_where_there_is_no_other(monkeypatch: pytest.MonkeyPatch):
    def nothing(_name: str, _pins: Path) -> Path:
        raise NotInstallableError("there is no network")

    monkeypatch.setattr(node_environment, "node", lambda: "node")
    servers: list[authserver.Start] = [
        authorization_servers.ours,
        partial(authorization_servers.oidc_provider, find=nothing),
    ]
    sections = authserver.sections(Effort(1, 0, 1), servers)
    assert [one.title for one in sections] == [
        "Authorization server, 1 connection", "Authorization server, 16 connections",
    ]  # fmt: skip
    for section in sections:
        found = rows(section)
        assert list(found) == ["apigw-oauth", "apigw-oauth, Authlete's API"]
        assert all(found.values())
        assert "Missing: oidc-provider (there is no network)." in section.text
        assert "to reach" not in section.text
        assert svg(*section.charts)


@pytest.mark.skipif(
    shutil.which("node") is None or not INSTALLED.is_file(),
    reason="oidc-provider is not installed: `make interop`",
)
def test_oidc_provider_is_asked_about_as_many_tokens_and_knows_them(tmp_path: Path):
    with authorization_servers.oidc_provider(frozenset(), partial(from_the_tests, tmp_path)) as (case,):
        assert len(set(case.requests)) == authorization_servers.TOKENS
        assert (tmp_path / "server.mjs").is_file()
        with Connections(case.address, 4) as connections:
            connections.run(case.requests[:50]).require(case.accept)
        assert case.server.cpu() > 0


def test_ahead_or_behind_is_said_by_the_processor_time_of_those_who_answer_the_same():
    rates = {
        "apigw-oauth": [authserver.Rate(1, 300), authserver.Rate(1, 400)],
        "oidc-provider": [authserver.Rate(9, 200), authserver.Rate(9, 200)],
    }
    section = authserver.section(1, rates, {})
    assert "* to reach: more than oidc-provider, per core; measured: 1.75 ×, reached" in section.text
    section = authserver.section(
        1, {"apigw-oauth": rates["oidc-provider"], "oidc-provider": rates["apigw-oauth"]}, {}
    )
    assert "measured: 0.58 ×, **missed**" in section.text


def test_answers_that_are_not_about_the_token_are_refused():
    def answer(status: int, said: object) -> bytes:
        return f"HTTP/1.1 {status} \r\n\r\n{json.dumps(said)}".encode()

    active = {
        "active": True, "client_id": "machine", "scope": "pets:read", "token_type": "Bearer", "iss": "x", "iat": 1, "exp": 2,
    }  # fmt: skip
    assert authorization_servers.is_active(answer(200, active))
    assert not authorization_servers.is_active(answer(401, active))
    for change in ({"active": False}, {"client_id": "other"}, {"scope": ""}):
        assert not authorization_servers.is_active(answer(200, {**active, **change}))
    ok = {"action": "OK", "usable": True, "scopes": ["pets:read"]}
    assert authorization_servers.is_ok(answer(200, ok))
    assert not authorization_servers.is_ok(answer(200, {**ok, "action": "FORBIDDEN"}))


@contextmanager
def answering(*parts: bytes) -> Iterator[tuple[str, int]]:
    """A server that answers one request, in parts, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1000)
                for part in parts:
                    connection.sendall(part)

        thread = threading.Thread(target=serve)
        thread.start()
        yield ("127.0.0.1", listening.getsockname()[1])
        thread.join(10)


def test_answers_are_read_whole_and_a_wrong_one_is_shown():
    with (
        answering(b"HTTP/1.1 200 OK\r\nContent-", b"Length: 4\r\n\r\nab", b"cd") as address,
        Connections(address, 1) as one,
    ):
        load = one.run([b"x"])
    assert load.answers == [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd"]
    assert 0 < load.latencies[0] <= load.wall
    with pytest.raises(WrongAnswerError, match="abcd"):
        load.require(lambda answer: not answer.endswith(b"cd"))


def test_a_server_that_hangs_up_is_no_quick_server():
    with answering(b"HTTP/1.1 200") as address, Connections(address, 1) as one, pytest.raises(WrongAnswerError):
        one.run([b"x"])
    with pytest.raises(WrongAnswerError, match="chunked"):
        is_whole(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("import sys; sys.exit('last words')", "last words"),
        ('print(\'{"event":"failed","message":"told"}\')', "told"),
    ],
    ids=["ends", "fails"],
)
def test_a_server_that_does_not_start_says_why(program: str, message: str):
    with pytest.raises(ServerFailedError, match=message):
        ServerProcess(Command([sys.executable, "-c", program]), {}, frozenset())


def test_packages_are_installed_once_and_anew_where_the_lock_file_has_changed(tmp_path: Path):
    pins = tmp_path / "pins"
    pins.mkdir()
    made: list[Path] = []

    def install(source: Path, target: Path) -> None:
        made.append(source)
        target.mkdir()

    def found() -> Path:
        return node_environment.packages("peer", pins, within=tmp_path / "cache", install=install)

    (pins / "package.json").write_text("{}")
    (pins / "package-lock.json").write_text("{}")
    first = found()
    assert (found(), first.is_dir(), made) == (first, True, [pins])
    (pins / "package-lock.json").write_text("{ }")
    assert found() != first


def test_without_node_there_is_no_peer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotInstallableError, match=r"Node\.js is not installed"):
        node_environment.node()
    with pytest.raises(NotInstallableError, match="npm is not installed"):
        node_environment.with_npm(tmp_path, tmp_path / "target")


@pytest.mark.parametrize(
    ("ends", "message"), [("exit 0", None), ("echo no network >&2; exit 1", "no network")], ids=["0", "1"]
)
def test_npm_installs_what_is_locked_and_says_why_it_cannot(
    ends: str, message: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    npm = tmp_path / "npm"
    npm.write_text(f'#!/bin/sh\necho "$@" > asked\n{ends}\n')
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with nullcontext() if message is None else pytest.raises(NotInstallableError, match=message):
        node_environment.with_npm(OIDC_PROVIDER, tmp_path / "target")
    assert (tmp_path / "target" / "asked").read_text().startswith("ci --ignore-scripts ")
    for file in ("package.json", "package-lock.json"):
        assert (tmp_path / "target" / file).read_bytes() == (OIDC_PROVIDER / file).read_bytes()
