"""References in [[verifiers]]: `env:NAME`, `file:PATH`, `ssm:NAME` and `secretsmanager:ID#KEY`.

The first two are resolved once, when the settings are read; what AWS keeps is fetched later, see rotation.py.
"""

import os
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from apigw_oauth.authorizer.errors import SettingsError

Service = Literal["ssm", "secretsmanager"]

PREFIXES = ("env:", "file:", "ssm:", "secretsmanager:")

# Patterns, compiled where they are needed: most projects keep nothing at AWS.
_PARAMETER = r"(?:arn:[a-z-]+:ssm:[a-z0-9-]+:[0-9]+:parameter)?/?[\w.-]+(?:/[\w.-]+)*(?::[\w.-]+)?"
"""With a version or label at its end, if wanted. See "Working with parameter versions" in the SSM User Guide."""
_ENTRY = r"(?:arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]+:secret:)?[\w/+=.@-]{1,512}"


class Source(NamedTuple):
    """A parameter of SSM Parameter Store, or a secret of Secrets Manager."""

    service: Service
    id: str
    """Its name, or its ARN."""

    @property
    def arn(self) -> list[str] | None:
        """The parts of the ARN; None for a name."""
        return self.id.split(":", 5) if self.id.startswith("arn:") else None


class Kept(NamedTuple):
    """A value that AWS keeps; it takes the value's place in the settings until it is fetched."""

    source: Source
    key: str | None = None
    """The member of a JSON object; None: the whole text."""


def resolve(value: Any, place: str, *, environ: Mapping[str, str], directory: str) -> Any:
    """Replace a reference by what it refers to, once: what comes out is never read as a reference again.

    What AWS keeps comes out as Kept. `place` names the value in messages; `directory` is where the paths of
    `file:` begin. Raises SettingsError.
    """
    require_none_inside(value, place)
    if not isinstance(value, str) or ":" not in value:
        return value
    kind, _, name = value.partition(":")
    if kind == "env":
        found = environ.get(name)
        if not found:
            raise SettingsError(f"{place}: the environment variable {name} is not set, or empty")
        return found
    if kind == "file":
        return _read(os.path.join(directory, name), place)
    return kept(value, place) or value


def kept(value: Any, place: str) -> Kept | None:
    """Return what a reference says of a value that AWS keeps; None for any other value. Raises SettingsError."""
    if not isinstance(value, str) or ":" not in value:
        return None
    kind, _, name = value.partition(":")
    if kind == "ssm":
        if not re.fullmatch(_PARAMETER, name, re.ASCII):
            raise SettingsError(f'{place}: is not the name of a parameter, such as "ssm:/prod/as/secret"')
        return Kept(Source("ssm", name))
    if kind == "secretsmanager":
        identifier, hash_sign, key = name.partition("#")
        if not re.fullmatch(_ENTRY, identifier, re.ASCII):
            raise SettingsError(
                f'{place}: is not the name or ARN of a secret, such as "secretsmanager:prod/as#secret"'
            )
        if hash_sign and not key:
            raise SettingsError(f"{place}: has no key behind #; name one, or leave # out for the whole text")
        return Kept(Source("secretsmanager", identifier), key or None)
    return None


def require_none_inside(value: Any, place: str) -> None:
    """Raise SettingsError for a reference within a list or a table: it would be taken for the value itself.

    A secret that is its own name in the project file is known to everybody.
    """
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        within = f"{place}.{key}" if isinstance(value, Mapping) else f"{place}[{key}]"
        if isinstance(one, str) and one.startswith(PREFIXES):
            raise SettingsError(
                f"{within}: a reference is not resolved here; give it a key of the verifier itself"
            )
        require_none_inside(one, within)


def any_kept(tables: Iterable[Mapping[str, Any]]) -> bool:
    """Say whether AWS keeps any value of the tables."""
    return any(isinstance(value, Kept) for table in tables for value in table.values())


def _read(path: str, place: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            found = file.read().strip()
    except (OSError, ValueError):
        raise SettingsError(f"{place}: the file {path} cannot be read") from None
    if not found:
        raise SettingsError(f"{place}: the file {path} is empty")
    return found
