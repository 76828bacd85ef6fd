"""References in [[verifiers]]: values that stand elsewhere, so that no secret is in the project file."""

import re
from pathlib import PurePath
from typing import Literal, NamedTuple, cast

from apigw_oauth.authorizer import references
from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.project.project_file import ProjectFile

Kind = Literal["env", "file", "ssm", "secretsmanager"]

# Not api_key or client_id: they name somebody, and prove nothing.
_SECRET = re.compile(
    r".*(?:secret|passw(?:or)?d|pwd|passphrase|credentials?|token|pepper"
    r"|(?:private|client|secret|signing|shared|hmac|encryption)_?key)",
    re.IGNORECASE,
)


_VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
"""See "Configure environment variables" in the Lambda Developer Guide."""


class Reference(NamedTuple):
    """One reference."""

    place: str
    """Its key in the project file, such as `verifiers[0].api_secret`."""
    kind: Kind
    name: str
    """What it refers to: a variable, a path, a parameter, or a secret and its key, such as `prod/as#secret`."""
    secret: bool
    """Whether whoever knows the value can act for us."""


def references_of(file: ProjectFile) -> tuple[Reference, ...]:
    """Return the references of all verifiers, in the order of the file."""
    return tuple(
        Reference(f"verifiers[{number}].{key}", cast("Kind", kind), name, is_secret(key))
        for number, table in enumerate(file.verifiers)
        for key, value in table.items()
        if is_reference(value)
        for kind, _, name in [value.partition(":")]
    )


def check(file: ProjectFile) -> None:
    """Raise SettingsError for a reference that names nothing, or that nobody would resolve."""
    for number, table in enumerate(file.verifiers):
        for key, value in table.items():
            place = f"verifiers[{number}].{key}"
            references.kept(value, place)
            references.require_none_inside(value, place)
            if is_reference(value):
                _require_name(value, place)


def _require_name(value: str, place: str) -> None:
    """Raise SettingsError for what is no variable in Lambda, and no file anywhere."""
    kind, _, name = value.partition(":")
    if kind == "env" and _VARIABLE.fullmatch(name) is None:
        raise SettingsError(
            f'{place}: is not the name of a variable, such as "env:AS_SECRET": letters, digits, _, a letter first'
        )
    if kind == "file" and ("\0" in name or PurePath(name).as_posix() == "." or name.endswith(("/", "\\"))):
        raise SettingsError(f'{place}: is not the name of a file, such as "file:keys.json"')


def is_reference(value: object) -> bool:
    """Say whether a value refers to another one."""
    return isinstance(value, str) and value.startswith(references.PREFIXES)


def is_secret(key: str) -> bool:
    """Say whether a key of a verifier holds something that must not be read by others."""
    return _SECRET.fullmatch(key) is not None
