"""A server on this machine that gives one answer to every request, over TLS, with an authority of its own."""

import json
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks import certificates
from benchmarks.http_by_hand import read_request, response

HOST = "127.0.0.1"


class OneAnswerServer:
    """Listens on a free port until it is closed. Connections stay open for as long as the client wants."""

    def __init__(self, directory: Path, document: Mapping[str, Any]) -> None:
        """Write certificates into a directory, and listen; the answer is a document in JSON."""
        self.authority, identity = certificates.write(directory, HOST)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(identity)
        self._listening = socket.create_server((HOST, 0))
        self._answer = response("200 OK", json.dumps(document).encode())
        self.requests = 0
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, path: str) -> str:
        """Return the URL of a path here."""
        return f"https://{HOST}:{self._listening.getsockname()[1]}{path}"

    @property
    def environ(self) -> dict[str, str]:
        """Return the variables by which clients trust the authority: of Python's ssl, and of requests."""
        return {"SSL_CERT_FILE": str(self.authority), "REQUESTS_CA_BUNDLE": str(self.authority)}

    def __enter__(self) -> Self:
        """Return the server, which listens already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening; a connection lives as long as the function at its other end."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                connection, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, raw: socket.socket) -> None:
        with raw, suppress(OSError):
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._tls.wrap_socket(raw, server_side=True) as connection:
                self.connections += 1
                while read_request(connection):
                    self.requests += 1
                    connection.sendall(self._answer)
