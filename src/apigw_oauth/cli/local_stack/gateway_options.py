"""How the gateway is to run, beside what the project says: with TLS, and with which authorizer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from apigw_oauth.cli.local_stack.gateway_tls import GatewayTls, settings_of
from apigw_oauth.project import Project


class GatewayOptions:
    """What `serve` was asked for, for as long as it runs. `zip_file` is a package to take the authorizer from."""

    def __init__(self, host: str, *, tls: bool, zip_file: Path | None, notice: Callable[[str], object]) -> None:
        self.tls = GatewayTls(host) if tls else None
        self.zip_file = zip_file
        self._notice = notice

    def settings(self, project: Project) -> dict[str, Any]:
        """Return what the gateway's process is told. Raises SettingsError."""
        return {"tls": settings_of(self.tls, project), "zip": self._zip(project)}

    def _zip(self, project: Project) -> dict[str, Any] | None:
        if self.zip_file is None:
            return None
        from apigw_oauth.cli.local_stack import served_zip

        package = served_zip.read(self.zip_file)
        different = package.differs_from(project)
        if different:
            self._notice(
                f"{self.zip_file.name} is of another state of the project ({', '.join(different)}); the authorizer"
                f" goes by what is in it until you build it anew: {served_zip.command(self.zip_file)}"
            )
        return package.document()
