"""The authorizer from its deployment ZIP, in the gateway's process, in the place of the one that is imported."""

import json
import os
import secrets
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from apigw_oauth.authorizer import api_address, dpop_nonce
from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.lambda_handler import SETTINGS_FILE, SETTINGS_VARIABLE
from apigw_oauth.authorizer.log import LEVEL_VARIABLE, METRICS_VARIABLE
from apigw_oauth.cli.local_stack.local_api import Log, is_news
from apigw_oauth.cli.local_stack.local_verifier import environment
from apigw_oauth.gateway.lambda_zip.settings import FunctionSettings, Runtime
from apigw_oauth.gateway.lambda_zip.task_root import ZipError
from apigw_oauth.gateway.lambda_zip.zip_function import ZipFunction
from apigw_oauth.project import Project, local_verifiers
from apigw_oauth.project.references import is_reference

_OURS = (LEVEL_VARIABLE, METRICS_VARIABLE, dpop_nonce.SECRET_VARIABLE)
"""Variables of the deployed function that whoever starts `serve` may set."""
_NOT_CREDENTIALS = ("AWS_LAMBDA_", "AWS_EXECUTION_ENV")


@contextmanager
def zip_authorizer(
    package: Mapping[str, Any],
    project: Project,
    *,
    local: Mapping[str, str] | None,
    gateway_url: str,
    log: Log,
) -> Iterator[ZipFunction]:
    """Return the function of a package, as ServedZip.document() tells of it; it ends with the context.

    With the development authorization server it gets other settings than those in the ZIP, whose file stays as it
    is: `local` takes the place of the verifiers' addresses and credentials. Raises SettingsError.
    """
    with tempfile.TemporaryDirectory(prefix="apigw-oauth-settings-") as directory:
        environ = {dpop_nonce.SECRET_VARIABLE: secrets.token_hex()}
        environ |= {name: os.environ[name] for name in _OURS if name in os.environ}
        if local is None:
            environ |= _variables(package["path"], package["settings"])
            environ |= _credentials(package["settings"], project.file.deploy.region)
            if gateway_url.startswith("http"):
                environ[api_address.VARIABLE] = gateway_url
        else:
            settings = _settings(package["settings"], local, gateway_url)
            environ |= {**_variables(package["path"], settings), **environment(local)}
            environ[SETTINGS_VARIABLE] = str(_write(settings, Path(directory), Path(package["path"])))
        with closing(_function(package, project, environ, _lines_to(log, local=local is not None))) as function:
            yield function


def _function(
    package: Mapping[str, Any], project: Project, environ: Mapping[str, str], log: Callable[[str], None]
) -> ZipFunction:
    python, _ = package["target"]
    settings = FunctionSettings(
        name="authorizer",
        runtime=Runtime(package["executable"], python, tuple(map(Path, package["packages"]))),
        environ=environ,
        timeout=project.file.deploy.timeout,
        memory=project.file.deploy.memory,
    )
    try:
        return ZipFunction(Path(package["path"]), settings, log=log)
    except ZipError as error:
        raise SettingsError(f"--zip {package['path']}: {error}") from None


def _settings(packaged: Mapping[str, Any], local: Mapping[str, str], gateway_url: str) -> dict[str, Any]:
    return {
        **packaged,
        "verifiers": local_verifiers.replaced(packaged["verifiers"], local),
        "public_base_urls": [gateway_url, *packaged.get("public_base_urls", ())],
    }


def _write(settings: Mapping[str, Any], directory: Path, package: Path) -> Path:
    """Write settings, and beside them the files of the package that their references name."""
    names = {name for _, kind, name in _references(settings) if kind == "file"}
    try:
        with zipfile.ZipFile(package) as archive:
            archive.extractall(directory, names & set(archive.namelist()))
    except (OSError, zipfile.BadZipFile):
        raise SettingsError(f"--zip {package}: is not what it was a moment ago; build it again") from None
    path = directory / SETTINGS_FILE
    path.write_text(json.dumps(settings), encoding="utf-8")
    return path


def _references(settings: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return place, kind and name of each reference."""
    return [
        (f"verifiers[{number}].{key}", *value.split(":", 1))
        for number, table in enumerate(settings["verifiers"])
        for key, value in table.items()
        if is_reference(value)
    ]


def _variables(package: str, settings: Mapping[str, Any]) -> dict[str, str]:
    """Return the variables that references name. Raises SettingsError for one that is not set."""
    found = {}
    for place, kind, name in _references(settings):
        if kind == "env" and not os.environ.get(name):
            raise SettingsError(
                f"--zip {package}: {place}: the environment variable {name} is not set, or empty; set it before"
                " you start"
            )
        if kind == "env":
            found[name] = os.environ[name]
    return found


def _credentials(settings: Mapping[str, Any], region: str | None) -> dict[str, str]:
    """Return what leads boto3 in the function to the credentials of whoever starts `serve`, and to a region.

    Nothing where no reference is to be fetched from AWS.
    """
    if not any(kind in {"ssm", "secretsmanager"} for _, kind, _ in _references(settings)):
        return {}
    import boto3

    region = region or boto3.Session().region_name
    kept = {
        name: value
        for name, value in os.environ.items()
        if name == "HOME" or (name.startswith("AWS_") and not name.startswith(_NOT_CREDENTIALS))
    }
    regions = {} if region is None else {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    return {"AWS_EC2_METADATA_DISABLED": "false", **kept, **regions}


def _lines_to(log: Log, *, local: bool) -> Callable[[str], None]:
    """Return what takes the function's lines: those of the authorizer to `log`, others to standard error."""

    def take(line: str) -> None:
        try:
            content = json.loads(line)
        except ValueError:
            content = None
        if not isinstance(content, dict) or "level" not in content:
            sys.stderr.write(f"{line}\n")  # in one go: the command writes there too
            sys.stderr.flush()
        elif is_news(content, local=local):
            log(content)

    return take
