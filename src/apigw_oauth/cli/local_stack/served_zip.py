"""The package that `serve --zip` runs: what it was built for, and whether that is here."""

import importlib.metadata
import json
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from apigw_oauth.authorizer import settings
from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.deploy import target as targets
from apigw_oauth.deploy.packaging import interpreters
from apigw_oauth.deploy.packaging.package import FORMAT
from apigw_oauth.deploy.target import Target
from apigw_oauth.gateway.lambda_zip import runtime_packages
from apigw_oauth.project import Project

_COMPARED = (
    *("event", "cache", "refusals", "context", "routes"),
    *("resource", "resource_metadata", "dpop", "on_decision"),
)
_PATIENCE = 30  # seconds for another interpreter to say what it has


class ServedZip(NamedTuple):
    """A package that runs here."""

    path: Path
    target: Target
    settings: Mapping[str, Any]
    """Its authorizer.json."""
    executable: str
    """The interpreter for it."""
    packages: tuple[str, ...]
    """Files and directories of what Lambda's runtime has, for that interpreter."""

    def document(self) -> dict[str, Any]:
        """Return what the gateway's process is told."""
        return {**self._asdict(), "path": str(self.path), "target": list(self.target)}

    def differs_from(self, project: Project) -> list[str]:
        """Return the keys of authorizer.json that the project has other values for by now."""
        try:
            compiled = project.authorizer_settings(local=dict.fromkeys(_LOCAL, "x"))
        except SettingsError:
            return []  # the gateway tells of it
        return [key for key in _COMPARED if compiled.get(key) != self.settings.get(key)]


_LOCAL = ("base_url", "api_key", "api_secret", "service_id", "service_access_token")


def read(path: Path, *, packages_of: Callable[[str], tuple[str, ...] | None] | None = None) -> ServedZip:
    """Read a package, and find what runs it. Raises SettingsError that names the mend."""
    about, content = _contents(path)
    wanted, here = Target(about["python"], about["arch"]), targets.of_host()
    if here is None:
        raise SettingsError(f"--zip {path}: Lambda has no runtime like this machine's Python; use another machine")
    if wanted.architecture != here.architecture:
        raise _mistake(path, f"is built for {wanted}, and this machine runs {here}")
    executable = sys.executable if wanted.python == here.python else interpreters.find(wanted.python)
    packages = None if executable is None else (packages_of or installed_packages)(executable)
    if executable is not None and packages is not None:
        return ServedZip(path, wanted, content, executable, packages)
    if wanted.python != here.python:
        raise _mistake(path, f"is built for {wanted}, for which there is no interpreter with awslambdaric here")
    if sys.platform != "linux":
        raise SettingsError(
            f"--zip {path}: Lambda's runtime client runs on Linux alone; start serve without --zip"
        )
    raise SettingsError(
        f"--zip {path}: Lambda's runtime client is not installed; install it:"
        f" {shlex.quote(sys.executable)} -m pip install 'apigw-oauth[zip]'"
    )


def _contents(path: Path) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return package.json and authorizer.json. Raises SettingsError."""
    try:
        with zipfile.ZipFile(path) as archive:
            about, content = (json.loads(archive.read(name)) for name in ("package.json", "authorizer.json"))
    except FileNotFoundError:
        raise _mistake(path, "there is no such file") from None
    except OSError as error:
        raise SettingsError(f"--zip {path}: {error.strerror}") from None
    except KeyError:
        raise _mistake(path, "is no package of apigw-oauth") from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError):
        raise _mistake(path, "is damaged, or no ZIP file") from None
    if not isinstance(about, dict) or about.get("format") != FORMAT or not isinstance(content, dict):
        raise _mistake(path, "is of another version of apigw-oauth")
    if content.get("format") != settings.FORMAT or not isinstance(content.get("verifiers"), list):
        raise _mistake(path, "is of another version of apigw-oauth")
    if about.get("python") not in targets.PYTHONS or about.get("arch") not in targets.ARCHITECTURES:
        raise _mistake(path, "does not say what it is built for")
    return about, content


def _mistake(path: Path, reason: str) -> SettingsError:
    return SettingsError(f"--zip {path}: {reason}; build one that runs here: {command(path)}")


def command(path: Path) -> str:
    """Return what builds a package that runs here."""
    here = targets.of_host()
    flags = "" if here is None else f" --arch {here.architecture} --python {here.python}"
    return f"apigw-oauth package -o {shlex.quote(str(path))}{flags}"


def installed_packages(executable: str) -> tuple[str, ...] | None:
    """Return what an interpreter has of Lambda's runtime; None if it has no runtime client."""
    if executable == sys.executable:
        try:
            return tuple(runtime_packages.installed())
        except importlib.metadata.PackageNotFoundError:
            return None
    try:
        done = subprocess.run(  # noqa: S603 an interpreter that was found, and a file of our own
            [executable, "-I", runtime_packages.__file__],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return tuple(json.loads(done.stdout))
