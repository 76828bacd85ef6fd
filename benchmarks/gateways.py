"""Gateways to compare, each started as its documentation says, with the same functions behind its routes."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from benchmarks import node_environment
from benchmarks.part import OURS
from benchmarks.peer_environments import Libraries, NotInstallableError

FILES = Path(__file__).parent / "peers" / "gateway"
ROWS = {
    "no authorizer": "open",
    "TOKEN": "token",
    "TOKEN, cached": "token-cached",
    "REQUEST": "request",
    "REQUEST, cached": "request-cached",
}
"""The routes, by what is said of them."""

_PATIENCE = 60  # seconds until a gateway listens


class Address(NamedTuple):
    """Where a route is."""

    port: int
    path: str
    process: int
    """The first one of those behind it."""


Addresses = Mapping[str, Address]
"""Of the rows that a gateway has."""


class Gateway(NamedTuple):
    """A gateway, and how it is started in a directory of its own."""

    name: str
    start: Callable[[Path, Libraries, ExitStack], Addresses]
    lacks: str = ""
    """What it cannot do, in a sentence."""


class NotStartedError(Exception):
    """A gateway does not listen."""


def ours(directory: Path, _find: Libraries, stack: ExitStack, *, rows: Mapping[str, str] = ROWS) -> Addresses:
    """Start `apigw-oauth serve`, one for each authorizer: an API has one."""
    found = {}
    for row, path in rows.items():
        home = _project(directory / path, row)
        port = _free_port()
        command = ["serve", "--json", "--no-authserver", "--gateway", f"127.0.0.1:{port}"]
        words = [sys.executable, "-P", "-m", "apigw_oauth.cli", *command]
        found[row] = Address(port, "/dev/pets", stack.enter_context(_process(words, home, {}, port)))
    return found


def _project(home: Path, row: str) -> Path:
    home.mkdir()
    shutil.copy(FILES / "functions.py", home)
    kind, ttl = row.partition(",")[0].lower(), 300 if "cached" in row else 0
    guard = "public = true" if row == "no authorizer" else "scopes = []"
    event = "token" if row == "no authorizer" else kind
    (home / "apigw-oauth.toml").write_text(
        f"""\
[api]
stage = "dev"

[routes]
"GET /pets" = {{ {guard}, integration = {{ lambda = "functions.py:hello" }} }}

[authorizer]
handler = "functions.py:{event}_authorizer"
event = "{event}"
cache_ttl = {ttl}
"""
    )
    return home


def _serverless_offline(directory: Path, _find: Libraries, stack: ExitStack) -> Addresses:
    """Start serverless-offline; its Python functions are run by its own runner, with this interpreter."""
    packages = node_environment.packages("serverless-offline", FILES / "serverless_offline")
    shutil.copy(FILES / "functions.py", directory)
    shutil.copy(FILES / "serverless_offline" / "serverless.yml", directory)
    (directory / "node_modules").symlink_to(packages / "node_modules")
    port, other = _free_port(), _free_port()
    environ = {
        "HTTP_PORT": str(port),
        "LAMBDA_PORT": str(other),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "SLS_TELEMETRY_DISABLED": "1",
        "SLS_NOTIFICATIONS_MODE": "off",
        "SLS_INTERACTIVE_SETUP_ENABLE": "0",
    }
    command = [node_environment.node(), "node_modules/serverless/bin/serverless.js", "offline", "start"]
    started = stack.enter_context(_process(command, directory, environ, port))
    return {row: Address(port, f"/dev/{path}", started) for row, path in ROWS.items()}


def _chalice(directory: Path, find: Libraries, stack: ExitStack) -> Addresses:
    """Start `chalice local`."""
    shutil.copy(FILES / "app.py", directory)
    (directory / ".chalice").mkdir()
    (directory / ".chalice" / "config.json").write_text('{"version": "2.0", "app_name": "benchmark"}')
    port = _free_port()
    program = "import sys; from chalice.cli import main; sys.argv[0] = 'chalice'; main()"
    command = [sys.executable, "-P", "-c", program, "local", "--port", str(port), "--no-autoreload"]
    environ = {"PYTHONPATH": str(find("chalice")), "AWS_DEFAULT_REGION": "us-east-1"}
    started = stack.enter_context(_process(command, directory, environ, port))
    return {row: Address(port, f"/{ROWS[row]}", started) for row in ("no authorizer", "TOKEN")}


def _ministack(directory: Path, find: Libraries, stack: ExitStack) -> Addresses:
    """Start ministack, and make functions and an API in it, as in an account of AWS."""
    from benchmarks import ministack_api

    port = _free_port()
    environ = {
        "PYTHONPATH": str(find("ministack")),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "LAMBDA_EXECUTOR": "local",
        "LOG_LEVEL": "WARNING",
        "PERSIST_STATE": "0",
        "S3_PERSIST": "0",
        "STATE_DIR": f"{directory}/state",
        "S3_DATA_DIR": f"{directory}/s3",
        "TMPDIR": str(directory),
        "IOT_MTLS_ENABLED": "0",  # it would listen on every address of the machine
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{directory}/no-docker",
    }
    command = [sys.executable, "-P", "-m", "ministack"]
    started = stack.enter_context(_process(command, directory, environ, port))
    api = ministack_api.make(f"http://127.0.0.1:{port}", FILES / "functions.py", ROWS)
    stage = f"/restapis/{api}/dev/_user_request_"
    return {row: Address(port, f"{stage}/{path}", started) for row, path in ROWS.items()}


GATEWAYS = (
    Gateway(OURS, ours),
    Gateway("serverless-offline", _serverless_offline, "It has no cache of authorizers: it asks each time."),
    Gateway("chalice local", _chalice, "Locally it has no REQUEST authorizers and no cache."),
    Gateway("ministack", _ministack),
)


@contextmanager
def running(
    gateways: tuple[Gateway, ...], directory: Path, find: Libraries
) -> Iterator[tuple[dict[str, Addresses], dict[str, str]]]:
    """Start gateways; give the addresses of those that run, and say why the others do not."""
    found: dict[str, Addresses] = {}
    missing: dict[str, str] = {}
    with ExitStack() as stack:
        for gateway in gateways:
            home = directory / gateway.name.replace(" ", "-")
            home.mkdir()
            try:
                found[gateway.name] = gateway.start(home, find, stack)
            except (NotInstallableError, NotStartedError) as error:
                missing[gateway.name] = str(error)
        yield found, missing


@contextmanager
def _process(command: list[str], home: Path, environ: Mapping[str, str], port: int) -> Iterator[int]:
    """Run a server; its number is returned. Raises NotStartedError."""
    with (home / "output").open("w+b") as output:
        process = subprocess.Popen(  # noqa: S603 - servers that are installed for this
            command,
            cwd=home,
            env={**os.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _await(process, port, home / "output")
            yield process.pid
        finally:
            _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a process, and then whatever of its group is left."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _await(process: "subprocess.Popen[bytes]", port: int, output: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    last = output.read_text(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
    raise NotStartedError(f"it did not start: {last[0]}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
