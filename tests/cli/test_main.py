"""The command as a whole."""

import os
import pty
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serve_process import COMMAND, run

COMMANDS = ["new", "demo", "serve", "token", "try", "check", "package", "template", "deploy"]


def test_help_lists_every_command_and_every_command_has_help():
    listed = run("--help").stdout
    assert re.findall(r"^│ ([a-z]+)", listed, re.MULTILINE) == COMMANDS
    for command in COMMANDS:
        told = run(command, "--help")
        assert told.returncode == 0
        assert "--json" in told.stdout


def test_no_arguments_are_a_question_about_usage():
    done = run()
    assert "Usage" in done.stdout + done.stderr


def test_version():
    assert run("--version").stdout.startswith("apigw-oauth ")


def test_colours_are_for_terminals_where_nobody_has_switched_them_off():
    assert at_terminal("check", "--project", "/nowhere").startswith("\x1b[31merror:\x1b[0m /nowhere: there is no")
    assert at_terminal("check", "--project", "/nowhere", NO_COLOR="1").startswith("error: /nowhere: there is no")


def at_terminal(*arguments: str, **variables: str) -> str:
    """Return what a terminal gets to show."""
    ours, theirs = pty.openpty()
    environ = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | variables
    subprocess.run([*COMMAND, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=environ, check=False)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    os.close(theirs)
    return shown


@pytest.mark.parametrize("arguments", [["nonsense"], ["serve", "extra"], ["--nonsense"]])
def test_wrong_usage_ends_with_2(arguments: list[str]):
    done = run(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_help_loads_none_of_the_folders_that_commands_need():
    code = (
        "import sys; from apigw_oauth.cli.app import app; "
        "print([m for m in sys.modules if m.startswith('apigw_oauth.') and not m.startswith('apigw_oauth.cli')],"
        " [m for m in ('asyncio', 'boto3', 'httpx2', 'jinja2', 'pydantic', 'rich', 'starlette', 'uvicorn') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] []"


def test_a_reader_that_goes_away_is_no_error():
    command = f"{sys.executable} -m apigw_oauth.cli --help | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("streams", ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_streams_that_are_closed_are_no_trouble(project: Path, streams: str):
    command = f"{sys.executable} -m apigw_oauth.cli serve --json --project {project} --gateway 127.0.0.1:0 --authserver 127.0.0.1:0"
    process = subprocess.Popen(
        ["bash", "-c", f"exec {command} {streams}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    ready = project / ".apigw-oauth" / "serve.json"
    for _ in range(1000):
        if ready.exists() or process.poll() is not None:
            break
        threading.Event().wait(0.02)
    assert ready.exists()
    process.send_signal(signal.SIGHUP)
    _, messages = process.communicate(timeout=30)
    assert (process.returncode, messages) == (0, "")
    assert not ready.exists()


def test_a_full_disk_is_told():
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m apigw_oauth.cli --help > /dev/full"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let processes that are started take SIGINT: whoever runs tests in the background has them ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("delay", [0.05, 0.1, 0.15, 0.25, 0.35])
def test_ctrl_c_is_quiet_however_early(tmp_path: Path, interruptible: None, delay: float):
    command = [sys.executable, "-m", "apigw_oauth.cli", "demo"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        threading.Event().wait(delay)
        process.send_signal(signal.SIGINT)
        try:
            _, messages = process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            # It came while the interpreter was loading what measures coverage, which swallows it.
            process.send_signal(signal.SIGINT)
            _, messages = process.communicate(timeout=30)
    # Before Python has come to our first line, only Python can answer.
    assert not re.search(r'apigw_oauth/cli/main\.py", line \d+, in (main|_run)', messages)


def test_nohup_keeps_a_server_when_the_terminal_goes(project: Path):
    command = f"{sys.executable} -m apigw_oauth.cli serve --json --project {project} --gateway 127.0.0.1:0 --authserver 127.0.0.1:0"
    process = subprocess.Popen(
        ["bash", "-c", f"exec nohup {command}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert "ready" in process.stdout.readline()
    process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 0
