"""LocalStack: starts the servers, restarts gateway and authorizer when files change, and ends them."""

import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from types import FrameType
from typing import Any, NamedTuple

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.cli.local_stack.announcement import Announcement
from apigw_oauth.cli.local_stack.authserver_settings import authserver_settings
from apigw_oauth.cli.local_stack.display import Display
from apigw_oauth.cli.local_stack.gateway_options import GatewayOptions
from apigw_oauth.cli.local_stack.local_verifier import local_verifier
from apigw_oauth.cli.local_stack.server_process import ServerEvent, ServerProcess, listen_both, url_of
from apigw_oauth.cli.local_stack.watching import Watcher, directories_of, openapi_directory
from apigw_oauth.cli.signals import ending_signals
from apigw_oauth.project import Project, load_project
from apigw_oauth.project.project_file import DEFAULT_STAGE, Address


class Addresses(NamedTuple):
    """Where to listen; no authorization server where it is None."""

    gateway: Address
    authserver: Address | None


class StackError(Exception):
    """A server has ended by itself."""


class LocalStack:
    """The servers of one project."""

    def __init__(
        self,
        project: Project,
        addresses: Addresses,
        display: Display,
        *,
        tls: bool = False,
        zip_file: Path | None = None,
        end_with_stdin: bool = False,
    ) -> None:
        """Listen on the addresses; nothing is served yet. `zip_file` is the authorizer's. Raises SettingsError."""
        self._options = GatewayOptions(addresses.gateway.host, tls=tls, zip_file=zip_file, notice=display.notice)
        self._gateway_settings = self._options.settings(project)
        self._end_with_stdin = end_with_stdin
        store = project.file.local.store
        self._store = store if store == ":memory:" else str(project.directory / store)  # for as long as it runs
        self._project = project
        self._display = display
        self._events: SimpleQueue[ServerEvent | None] = SimpleQueue()
        self._changed = False
        self._watcher: Watcher | None = None
        self._gateway_socket, self._authserver_socket = listen_both(*addresses)
        self._gateway: ServerProcess | None = None
        self._authserver: ServerProcess | None = None
        self._credentials: dict[str, Any] | None = None
        self._announcement = Announcement(project.directory, display)
        self._authority: str | None = None

    def run(self) -> None:
        """Serve until a signal says to stop. Raises SettingsError, StackError."""
        for number in ending_signals():
            signal.signal(number, self._stop_on_signal)
        if self._end_with_stdin:
            threading.Thread(target=self._wait_for_end_of_stdin, daemon=True).start()
        try:
            self._start()
            self._serve()
        finally:
            for number in ending_signals():
                signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave servers behind
            self._end()

    def _start(self) -> None:
        self._watch()
        # Both processes load at the same time; the gateway learns its settings when the other server is there.
        self._gateway = ServerProcess("gateway_process", self._gateway_socket, self._events)
        if self._authserver_socket is not None:
            self._authserver = ServerProcess("authserver_process", self._authserver_socket, self._events)
            if not self._configure_authserver(self._authserver):
                return
        if self._configure_gateway(self._gateway):
            if self._options.tls is not None:
                port = self._gateway_socket.getsockname()[1]
                self._authority = self._announcement.write_authority(self._options.tls.authority, port)
            self._announcement.write(self._ready_document())
            self._display.ready(self._ready_document())

    def _serve(self) -> None:
        while (event := self._events.get()) is not None:
            self._handle(event)
            while self._changed:
                self._changed = False
                self._reload()

    def _handle(self, event: ServerEvent) -> None:
        handlers: dict[str, Callable[..., object]] = {
            "log": self._display.authorizer_log,
            "notice": self._display.notice,
        }
        if event.event == "changed":
            self._changed = True  # acted upon when the servers are not just starting
        elif event.event == "requests":
            self._display.requests(event.fields["lines"])
        elif event.event in handlers:
            handlers[event.event](**event.fields)
        elif event.event == "failed" and event.source is not self._authserver:
            self._display.problem(event.fields["message"])
        elif event.event == "ended" and event.source in (self._gateway, self._authserver):
            name = "gateway" if event.source is self._gateway else "authorization server"
            raise StackError(f"the {name} has ended by itself, with exit status {event.fields['status']}")

    def _await_ready(self, server: ServerProcess) -> dict[str, Any] | None:
        """Return what the server says when it is ready; None if a signal came first. Raises SettingsError."""
        while (event := self._events.get()) is not None:
            if event.source is not server or event.event not in {"ready", "failed"}:
                self._handle(event)
            elif event.event == "failed":
                raise SettingsError(event.fields["message"])
            else:
                return event.fields
        self._events.put(None)
        return None

    def _reload(self) -> None:
        """Take over a changed project: new clients, users and scopes for one server, the other one made anew."""
        before = self._project
        try:
            self._project = load_project(before.path)
            self._gateway_settings = self._options.settings(self._project)
            if self._authserver is not None:
                self._configure_authserver(self._authserver)
        except SettingsError as error:
            self._project = before
            self._watch(openapi_directory(before.path))
            self._display.problem(f"{error}\nThe gateway goes on with what it had.")
            return
        self._watch()
        old, self._gateway = self._gateway, None
        if old is not None:
            old.stop()
        self._gateway = ServerProcess("gateway_process", self._gateway_socket, self._events)
        try:
            self._configure_gateway(self._gateway)
        except SettingsError as error:
            self._display.problem(f"{error}\nNothing is answered until that is mended.")
            self._gateway = None
            return
        self._announcement.write(self._ready_document())
        self._display.notice(f"files changed: gateway and authorizer started anew at {self._gateway_url()}")
        if _addresses(self._project) != _addresses(before):
            self._display.notice("addresses and store of [local] are taken over at the next start")

    def _watch(self, further: frozenset[Path] = frozenset()) -> None:
        """Watch the directories of the project as it is now; the new watcher looks before the old one stops."""
        directories, old = directories_of(self._project) | further, self._watcher
        if old is None or old.directories != directories:
            self._watcher = Watcher(directories, self._on_change, file=self._options.zip_file)
            if old is not None:
                old.stop()

    def _configure_authserver(self, authserver: ServerProcess) -> bool:
        """Tell it its settings; False if a signal came first. Raises SettingsError."""
        authserver.configure(settings=self._authserver_settings())
        try:
            ready = self._await_ready(authserver)
        except SettingsError as error:
            raise SettingsError(f"{self._project.path}: {error}") from None
        if ready is None:
            return False
        self._credentials = ready["credentials"]
        return True

    def _configure_gateway(self, gateway: ServerProcess) -> bool:
        """Tell it its settings; False if a signal came first. Raises SettingsError."""
        gateway.configure(
            project=str(self._project.path),
            local=self._local_verifier(),
            gateway_url=self._gateway_url(),
            **self._gateway_settings,
        )
        return self._await_ready(gateway) is not None

    def _local_verifier(self) -> dict[str, str] | None:
        if self._credentials is None or self._authserver_socket is None:
            return None
        return local_verifier(url_of(self._authserver_socket), self._credentials)

    def _authserver_settings(self) -> dict[str, Any]:
        url = url_of(self._authserver_socket) if self._authserver_socket else None
        return authserver_settings(self._project.at(self._gateway_url()), base_url=url, store=self._store)

    def _gateway_url(self) -> str:
        api = self._project.file.api
        scheme = ("ws" if api.type == "websocket" else "http") + ("s" if self._options.tls is not None else "")
        url = url_of(self._gateway_socket, scheme)
        return url if api.stage == DEFAULT_STAGE else f"{url}/{api.stage}"

    def _ready_document(self) -> dict[str, Any]:
        document: dict[str, Any] = {
            "event": "ready",
            "gateway": self._gateway_url(),
            "authserver": url_of(self._authserver_socket) if self._authserver_socket else None,
        }
        if self._options.tls is not None:
            document["ca"] = self._authority
            document["mutual_tls"] = self._project.file.local.trust_store is not None
        if self._options.zip_file is not None:
            document["zip"] = str(self._options.zip_file)
        if self._credentials is not None:
            document |= self._credentials
        return document

    def _on_change(self) -> None:
        self._events.put(ServerEvent(None, "changed", {}))

    def _stop_on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._events.put(None)

    def _wait_for_end_of_stdin(self) -> None:
        while sys.stdin.readline():
            pass
        self._events.put(None)

    def _end(self) -> None:
        if self._watcher is not None:
            self._watcher.stop()
        self._announcement.remove()
        servers = [server for server in (self._gateway, self._authserver) if server is not None]
        for server in servers:
            server.terminate()  # both end at the same time: each lets its clients finish
        for server in servers:
            server.stop()
        for listening in (self._gateway_socket, self._authserver_socket):
            if listening is not None:
                listening.close()


def _addresses(project: Project) -> tuple[str, str, str]:
    local = project.file.local
    return (local.gateway, local.authserver, local.store)
