"""`apigw-oauth deploy` in this process, as a script runs it, and in a process, at a terminal."""

import json
import os
import pty
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from typer.testing import CliRunner

from apigw_oauth.cli.app import app
from apigw_oauth.cli.options import WrongUsageError
from apigw_oauth.deploy import target
from tests.serve_process import COMMAND

HOST = target.of_host()


class Ran(NamedTuple):
    """How it ended."""

    status: int
    stdout: str
    stderr: str

    @property
    def documents(self) -> list[dict[str, Any]]:
        """What --json printed."""
        return [json.loads(line) for line in self.stdout.splitlines()]

    def document(self, event: str) -> dict[str, Any]:
        """The one document of that name."""
        (found,) = (one for one in self.documents if one["event"] == event)
        return found


def deploy(project: Path, *options: str, environ: Mapping[str, str], answer: str | None = None) -> Ran:
    """Run it with no other variables of AWS than those of `environ`, for the Python that runs here."""
    assert HOST is not None
    forgotten = dict.fromkeys(key for key in os.environ if key.startswith("AWS_"))
    home = str(
        project.parent
    )  # of the tests: nobody's credentials are there, and what a command keeps goes with it
    result = CliRunner().invoke(
        app,
        ["deploy", "--project", str(project), "--arch", HOST.architecture, *options],
        env={**forgotten, "HOME": home, **environ},
        input=answer,
    )
    if isinstance(result.exception, WrongUsageError):  # as main() does
        return Ran(2, result.stdout, f"{result.stderr}error: {result.exception}\n")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


def deploy_at_terminal(project: Path, *options: str, environ: Mapping[str, str], answer: str) -> tuple[int, str]:
    """Run it as a person does, who answers its question; return how it ended, and what the terminal showed."""
    assert HOST is not None
    ours, theirs = pty.openpty()
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    with subprocess.Popen(
        [*COMMAND, "deploy", "--project", str(project), "--arch", HOST.architecture, *options],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**inherited, **environ, "TERM": "xterm", "COLUMNS": "100"},
    ) as process:
        os.close(theirs)
        os.write(ours, f"{answer}\n".encode())
        shown = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    return process.returncode, re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", shown.decode()).replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the other end is closed
        return b""
