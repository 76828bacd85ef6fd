"""ServerProcess: one of the servers, as the command that started it sees it."""

import json
import os
import socket
import subprocess
import sys
import threading
from queue import SimpleQueue
from typing import Any, NamedTuple

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.cli.local_stack.event_stream import event_of
from apigw_oauth.project.project_file import Address

_STOP_TIMEOUT = 5  # seconds until a server that does not end is ended


class ServerEvent(NamedTuple):
    """Something that a server said; `ended` when it is over, with its exit status; `changed` is of no server."""

    source: "ServerProcess | None"
    event: str
    fields: dict[str, Any]


class ServerProcess:
    """A server in a process of its own, listening on a socket that stays with the command.

    The process starts to load while its settings are still unknown. It is not part of the terminal's group of
    processes: Ctrl-C reaches the command alone, which then ends it.
    """

    def __init__(self, module: str, listening: socket.socket, events: "SimpleQueue[ServerEvent | None]") -> None:
        self._listening = listening
        self._terminated = False
        self._process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
            [sys.executable, "-P", "-m", f"apigw_oauth.cli.local_stack.{module}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[listening.fileno()],
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            text=True,
            encoding="utf-8",
        )
        self._reader = threading.Thread(target=self._read, args=(events,), daemon=True)
        self._reader.start()

    def configure(self, **settings: Any) -> None:
        """Tell the server what it needs to know; it begins to serve."""
        document = json.dumps({"socket": self._listening.fileno(), **settings})
        if self._process.stdin is not None:
            try:
                self._process.stdin.write(document + "\n")
                self._process.stdin.flush()
            except BrokenPipeError:
                pass  # it has ended already, which its reader reports

    def terminate(self) -> None:
        """Tell the server to end, and do not wait."""
        if not self._terminated:  # at the second signal it would not wait for its clients
            self._terminated = True
            self._process.terminate()

    def stop(self) -> None:
        """End the server and wait until it has ended."""
        self.terminate()
        try:
            self._process.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def _read(self, events: "SimpleQueue[ServerEvent | None]") -> None:
        if self._process.stdout is not None:
            for line in self._process.stdout:
                if line.endswith("\n"):  # not what a process that was killed had just begun
                    events.put(ServerEvent(self, *event_of(line)))
        events.put(ServerEvent(self, "ended", {"status": self._process.wait()}))


def listen(host: str, port: int, *, option: str) -> socket.socket:
    """Return a listening socket. Raises SettingsError that names the option to change."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise SettingsError(f"{option}: {host} is not an address of this machine ({error.strerror})") from None
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise SettingsError(
            f"cannot listen on {host}:{port}: {error.strerror}. Choose another address with {option} HOST:PORT"
            " (port 0: any free one)"
        ) from None
    return listening


def listen_both(gateway: Address, authserver: Address | None) -> tuple[socket.socket, socket.socket | None]:
    """Return the listening sockets of both servers. Raises SettingsError, and keeps none open."""
    first = listen(*gateway, option="--gateway")
    try:
        return first, None if authserver is None else listen(*authserver, option="--authserver")
    except SettingsError:
        first.close()
        raise


def url_of(listening: socket.socket, scheme: str = "http") -> str:
    """Return the URL of a listening socket."""
    host, port = listening.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
