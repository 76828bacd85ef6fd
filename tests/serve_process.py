"""`apigw-oauth serve`, as a person starts it: a process, free ports, its output line by line."""

import json
import os
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import httpx2

from tests import in_process

COMMAND = [sys.executable, "-P", "-m", "apigw_oauth.cli"]
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For plain HTTP: a client without it loads the certificates that it will not need, which takes longer than a request."""
FREE = ["--gateway", "127.0.0.1:0", "--authserver", "127.0.0.1:0"]


class ServeProcess:
    """A running `serve --json`."""

    def __init__(
        self, project: Path, *options: str, environ: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> None:
        self.project = project
        self._process = subprocess.Popen(
            [*COMMAND, "serve", "--json", "--project", str(project), *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **(environ or {})}, cwd=cwd,
        )  # fmt: skip
        self._documents: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self.lines: list[str] = []
        self.messages: list[str] = []
        self._message = threading.Condition()
        self._threads = [threading.Thread(target=read, daemon=True) for read in (self._read, self._read_messages)]
        for thread in self._threads:
            thread.start()
        self.ready = self.next("ready")

    @property
    def pid(self) -> int:
        return self._process.pid

    def record(self, response: httpx2.Response) -> dict[str, Any]:
        """The line about a request, by the ID in its response."""
        while (line := self.next())["request_id"] != response.headers["x-amzn-RequestId"]:
            pass
        return line

    def next(self, event: str = "request") -> dict[str, Any]:
        while True:
            try:
                document = self._documents.get(timeout=30)
            except Empty:
                raise AssertionError(f"no {event} line; {self.messages}") from None
            if document["event"] == event:
                return document

    def get(
        self, path: str, token: str | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        given = {**(headers or {}), **({} if token is None else {"Authorization": f"Bearer {token}"})}
        return httpx2.get(self.ready["gateway"] + path, headers=given, verify=NO_TLS, trust_env=False, timeout=30)

    def token(self, *scopes: str, subject: str | None = None, seconds: int = 0) -> str:
        wanted = {
            "grantType": "CLIENT_CREDENTIALS" if subject is None else "AUTHORIZATION_CODE",
            "clientIdentifier": self.ready["clients"][0]["client_id"],
            "scopes": list(scopes),
            "subject": subject,
            "accessTokenDuration": seconds,
        }
        token: str = self.authlete("token/create", wanted)["accessToken"]
        return token

    def authlete(self, operation: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        credentials = (self.ready["service_api_key"], self.ready["service_api_secret"])
        url = f"{self.ready['authserver']}/api/auth/{operation}"
        answer: dict[str, Any] = httpx2.post(
            url, json=wanted, auth=credentials, verify=NO_TLS, trust_env=False, timeout=30
        ).json()
        return answer

    def wait_for_message(self, is_it: Callable[[str], bool]) -> str:
        with self._message:
            assert self._message.wait_for(lambda: any(map(is_it, self.messages)), timeout=30), self.messages
            return next(filter(is_it, self.messages))

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        if self._process.poll() is None:
            self._process.send_signal(number)
        status = self._process.wait(30)
        for thread in self._threads:
            thread.join(30)
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        return status

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self.lines.append(line)
            self._documents.put(json.loads(line))

    def _read_messages(self) -> None:
        for line in self._process.stderr or ():
            with self._message:
                self.messages.append(line)
                self._message.notify_all()


def run(
    *arguments: str, cwd: Path | None = None, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    if in_process.can_run(arguments):
        return in_process.run_here(arguments, cwd=cwd, environ=environ or {})
    return run_process(*arguments, cwd=cwd, environ=environ)


def run_refused(*arguments: str, environ: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a `serve` that ends by itself; the servers that it starts are processes."""
    return in_process.run_here(["serve", *arguments], cwd=None, environ=environ or {})


def run_process(
    *arguments: str, cwd: Path | None = None, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, in a process of its own."""
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=cwd,
        env={**os.environ, **(environ or {})},
        check=False,
    )
