"""Announcement: what clients and commands in another terminal find in `.apigw-oauth` while the servers run."""

import os
from pathlib import Path
from typing import Any

from apigw_oauth.cli.local_stack import serve_file
from apigw_oauth.cli.local_stack.display import Display


class Announcement:
    """The files of one `serve`: `serve.json`, and the certificate of its authority. They go when it ends."""

    def __init__(self, directory: Path, display: Display) -> None:
        """`directory` is the project's."""
        self._directory = directory
        self._display = display
        self._written: dict[str, Any] | None = None
        self._authority: Path | None = None

    def write_authority(self, pem: str, port: int) -> str | None:
        """Write the authority's certificate, readable by its owner alone, and return its path; None if it cannot.

        The port is in its name: two `serve` of one project do not take each other's place.
        """
        path = serve_file.path_for(self._directory).with_name(f"ca-{port}.pem")
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            path.unlink(missing_ok=True)  # of a `serve` that was killed
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(pem)
        except OSError as error:
            self._display.notice(f"{error.filename}: {error.strerror}; clients cannot verify this server")
            return None
        self._authority = path
        return str(path)

    def write(self, document: dict[str, Any]) -> None:
        """Let other commands find this, unless they find another `serve` of the project, which still runs."""
        other = serve_file.read(self._directory) or {}
        elsewhere = other != self._written and other.get("authserver") != document["authserver"]
        if elsewhere and serve_file.is_alive(other):
            self._display.notice(
                "another apigw-oauth serve runs for this project: `apigw-oauth token` and `try` go on with its"
                f" authorization server, {other['authserver']}, not with this one; end one of the two"
            )
            return
        try:
            serve_file.write(self._directory, document)
        except OSError as error:
            self._display.notice(f"{error.filename}: {error.strerror}; `apigw-oauth token` cannot find this")
        else:
            self._written = document

    def remove(self) -> None:
        """Remove what was written."""
        if self._written is not None:
            serve_file.remove(self._directory, self._written)
        if self._authority is not None:
            self._authority.unlink(missing_ok=True)
