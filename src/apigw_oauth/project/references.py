"""References in [[verifiers]]: values that stand elsewhere, so that no secret is in the project file."""

import re
from typing import Literal, NamedTuple, cast

from apigw_oauth.authorizer import references
from apigw_oauth.project.project_file import ProjectFile

Kind = Literal["env", "file", "ssm", "secretsmanager"]

# Not api_key or client_id: they name somebody, and prove nothing.
_SECRET = re.compile(
    r".*(?:secret|passw(?:or)?d|pwd|passphrase|credentials?|token|pepper"
    r"|(?:private|client|secret|signing|shared|hmac|encryption)_?key)",
    re.IGNORECASE,
)


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
    """Raise SettingsError for a reference that names nothing that AWS could keep, or that nobody would resolve."""
    for number, table in enumerate(file.verifiers):
        for key, value in table.items():
            references.kept(value, f"verifiers[{number}].{key}")
            references.require_none_inside(value, f"verifiers[{number}].{key}")


def is_reference(value: object) -> bool:
    """Say whether a value refers to another one."""
    return isinstance(value, str) and value.startswith(references.PREFIXES)


def is_secret(key: str) -> bool:
    """Say whether a key of a verifier holds something that must not be read by others."""
    return _SECRET.fullmatch(key) is not None
