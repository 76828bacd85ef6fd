"""authorizer.json as it is shipped: nothing in it that is secret, or for this machine alone."""

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from apigw_oauth.authorizer.verifiers.jwks import Key
from apigw_oauth.authorizer.verifiers.server_address import is_plain_http
from apigw_oauth.deploy.packaging.package_error import PackageError
from apigw_oauth.project import Project, references

_RESERVED = ("apigw_oauth", "authorizer.json", "cryptography", "lambda_function.py", "package.json")


def settings_of(project: Project, *, allow_loopback: bool) -> dict[str, Any]:
    """Return the settings; references stay references. Raises SettingsError, PackageError."""
    if project.file.authorizer.handler is not None:
        raise PackageError(
            f"{project.path}: authorizer.handler: {project.file.authorizer.handler} is an authorizer of your own,"
            " which is not packaged here; remove the key to package this one"
        )
    settings = project.authorizer_settings()
    for place, key, value in _values(project.file.verifiers):
        _require_reference(f"{project.path}: {place}", key, value)
        if not isinstance(value, str | int | float) or (isinstance(value, float) and not math.isfinite(value)):
            raise PackageError(
                f"{project.path}: {place}: is a {type(value).__name__} that JSON does not have; write it as a text"
            )
        if is_plain_http(value) and not allow_loopback:
            raise PackageError(
                f"{project.path}: {place}: http:// is for this machine, where no function of AWS gets to; use"
                " https://, or add --allow-loopback to run the package here"
            )
    return settings


def files_of(project: Project) -> dict[str, bytes]:
    """Return the files that references name, by their paths in the project. Raises PackageError."""
    files = {}
    for one in references.references_of(project.file):
        if one.kind != "file":
            continue
        place = f"{project.path}: {one.place}"
        if one.secret:
            raise PackageError(
                f"{place}: a secret in a file would be in the package, for all to read who may read it; keep it in"
                " Parameter Store or Secrets Manager: ssm:/NAME, secretsmanager:NAME#KEY"
            )
        files[Path(one.name).as_posix()] = _read(project.directory, one.name, place)
    return files


def _require_reference(place: str, key: str, value: object) -> None:
    if references.is_secret(key) and isinstance(value, str) and not references.is_reference(value):
        raise PackageError(
            f"{place}: is written out, and would be in the package, for all to read who may read it; put a"
            " reference in its place: ssm:/NAME, secretsmanager:NAME#KEY, or env:NAME"
        )


def _values(tables: list[dict[str, Any]]) -> Iterator[tuple[str, str, object]]:
    """Return place, key and value of all that stands in the tables, however deep."""
    waiting: list[tuple[str, str, object]] = [
        (f"verifiers[{number}]", "", table) for number, table in enumerate(tables)
    ]
    while waiting:
        place, key, value = waiting.pop(0)
        match value:
            case Mapping():
                waiting += [(f"{place}.{name}", name, inner) for name, inner in value.items()]
            case list():
                waiting += [(f"{place}[{number}]", key, inner) for number, inner in enumerate(value)]
            case _:
                yield place, key, value


def _read(directory: Path, name: str, place: str) -> bytes:
    path = (directory / name).resolve()
    if Path(name).parts[0] in _RESERVED:
        raise PackageError(
            f"{place}: {name} is the name of something else in the package; call the file otherwise"
        )
    if Path(name).is_absolute() or ".." in Path(name).parts or not path.is_relative_to(directory.resolve()):
        raise PackageError(f"{place}: is outside of {directory}, and has no place in the package; move it there")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PackageError(f"{place}: {path}: {error.strerror}; write it, or name another file") from None
    if _holds_private_key(content):
        raise PackageError(
            f"{place}: {name} holds a private or symmetric key, which would be in the package, for all to read who"
            " may read it; leave there what is public alone"
        )
    return content


def _holds_private_key(content: bytes) -> bool:
    """Say whether a file has one: in PEM, beside a certificate perhaps, or among the keys of a set."""
    if b"PRIVATE KEY-----" in content:
        return True
    try:
        waiting = [json.loads(content)]
    except (ValueError, RecursionError):
        return False
    while waiting:
        match waiting.pop():
            case dict() as found:
                if "kty" in found and Key.is_secret(found):
                    return True
                waiting += found.values()
            case list() as found:
                waiting += found
    return False
