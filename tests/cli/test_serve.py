"""apigw-oauth serve: ready and ended."""

import json
import signal
import socket
import stat
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.serve_process import COMMAND, FREE, ServeProcess

measured = pytest.mark.usefixtures("measured_processes")


def serve_file(project: Path) -> Path:
    return project / ".apigw-oauth" / "serve.json"


def test_the_first_line_has_all_that_a_script_needs(shared_serve: ServeProcess):
    ready = json.loads(shared_serve.lines[0])
    assert ready["event"] == "ready"
    assert ready["gateway"].startswith("http://127.0.0.1:")
    assert ready["gateway"].endswith("/dev")
    assert ready["service_id"] == ready["service_api_key"]
    assert ready["service_api_key"].isdecimal()
    assert {"authserver", "service_api_secret", "service_access_token"} <= set(ready)
    assert [set(client) for client in ready["clients"]] == [{"client_id", "client_secret"}]


@measured
def test_the_same_document_is_in_a_file_of_the_owner_alone_until_the_end(project: Path):
    server = ServeProcess(project, *FREE)
    assert json.loads(serve_file(project).read_text()) == server.ready
    assert stat.S_IMODE(serve_file(project).stat().st_mode) == 0o600
    assert server.stop() == 0
    assert not serve_file(project).exists()
    assert server.messages == []


@measured
def test_a_second_one_leaves_the_file_to_the_first(project: Path):
    first = ServeProcess(project, *FREE)
    try:
        second = ServeProcess(project, *FREE)
        try:
            told = second.wait_for_message(lambda line: "another apigw-oauth serve runs" in line)
            assert first.ready["authserver"] in told
            assert json.loads(serve_file(project).read_text()) == first.ready
        finally:
            assert second.stop() == 0
        assert json.loads(serve_file(project).read_text()) == first.ready
    finally:
        assert first.stop() == 0
    assert not serve_file(project).exists()


def test_the_file_of_one_that_was_killed_is_replaced(project: Path):
    killed = ServeProcess(project, *FREE)
    killed.stop(signal.SIGKILL)
    address = killed.ready["authserver"].removeprefix("http://")
    for place in (address, "127.0.0.1:0"):
        server = ServeProcess(project, "--gateway", "127.0.0.1:0", "--authserver", place)
        try:
            assert json.loads(serve_file(project).read_text()) == server.ready != killed.ready
        finally:
            assert server.stop() == 0
        assert not serve_file(project).exists()
        serve_file(project).write_text(json.dumps(killed.ready))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_with_connections_open_and_leaves_nothing_behind(project: Path, number: signal.Signals):
    server = ServeProcess(project, *FREE)
    port = int(server.ready["gateway"].rsplit(":", 1)[1].split("/")[0])
    with socket.create_connection(("127.0.0.1", port)) as idle:
        idle.sendall(b"GET /dev/health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(1000).startswith(b"HTTP/1.1 200")
        assert server.stop(number) == 0
    assert not any("Traceback" in line for line in server.messages)
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", port))


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        threading.Event().wait(0.02)
    raise AssertionError("it never became true")


@measured
def test_people_are_told_what_to_type_next(project: Path):
    process = subprocess.Popen(
        [*COMMAND, "serve", "--project", str(project), *FREE],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    shown = ""
    while "Ctrl-C ends" not in shown:
        shown += process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, messages = process.communicate(timeout=30)
    assert 'mydemoresource -H "Authorization: Bearer $(apigw-oauth token --scope profile)"' in shown
    assert "/api/auth/authorization/direct/" in shown
    assert "\x1b" not in shown
    assert (process.returncode, messages) == (0, "")


def test_files_named_like_modules_of_python_are_no_trouble(project: Path):
    for name in ("email", "queue", "token", "secrets", "calendar", "logging", "jinja2", "uvicorn"):
        (project / f"{name}.py").write_text("raise RuntimeError('not what was meant')\n")
    server = ServeProcess(project, *FREE, cwd=project)
    try:
        assert server.get("/mydemoresource", server.token("profile")).json() == {"Hello": "World"}
    finally:
        assert server.stop() == 0


def test_children_end_when_the_command_is_killed(project: Path):
    server = ServeProcess(project, *FREE)
    port = int(server.ready["authserver"].rsplit(":", 1)[1])
    server.stop(signal.SIGKILL)

    def free() -> bool:
        with socket.socket() as probe:
            probe.settimeout(0.1)
            return probe.connect_ex(("127.0.0.1", port)) != 0

    wait_for(free)


def test_no_line_ever_holds_a_token_or_a_secret(project: Path):
    server = ServeProcess(project, *FREE)
    secrets = [
        server.ready["service_api_secret"],
        server.ready["service_access_token"],
        server.ready["clients"][0]["client_secret"],
    ]
    try:
        tokens = [
            server.token("profile"),
            server.token(),
            server.token("profile", subject="john"),
            "made-up-token-of-nobody",
        ]
        server.authlete("token/revoke", {"accessTokenIdentifier": tokens[1]})
        for token in tokens:
            for path in ("/mydemoresource", "/me", "/health", "/nowhere", f"/mydemoresource?access_token={token}"):
                server.get(path, token)
        server.get("/mydemoresource", headers={"Authorization": f"Bearer {tokens[0]} {tokens[1]}"})
        server.get("/mydemoresource", headers={"Authorization": f"Basic {tokens[2]}"})
    finally:
        server.stop()
    assert len(server.lines) > 20
    for line in [*server.lines[1:], *server.messages]:
        for text in [*tokens, *secrets]:
            assert text not in line
