"""References in [[verifiers]]: `env:NAME` and `file:PATH`, resolved once, at cold start."""

import os
from collections.abc import Mapping
from typing import Any

from apigw_oauth.authorizer.errors import SettingsError

_LATER = ("ssm:", "secretsmanager:")


def resolve(value: Any, place: str, *, environ: Mapping[str, str], directory: str) -> Any:
    """Replace a reference by what it refers to, once: what comes out is never read as a reference again.

    `place` names the value in messages; `directory` is where the paths of `file:` begin. Raises SettingsError.
    """
    if not isinstance(value, str):
        return value
    kind, _, name = value.partition(":")
    if kind == "env":
        found = environ.get(name)
        if not found:
            raise SettingsError(f"{place}: the environment variable {name} is not set, or empty")
        return found
    if kind == "file":
        return _read(os.path.join(directory, name), place)
    if value.startswith(_LATER):
        raise SettingsError(f"{place}: {kind}: references are not supported yet; use env: or file:")
    return value


def _read(path: str, place: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            found = file.read().strip()
    except (OSError, ValueError):
        raise SettingsError(f"{place}: the file {path} cannot be read") from None
    if not found:
        raise SettingsError(f"{place}: the file {path} is empty")
    return found
