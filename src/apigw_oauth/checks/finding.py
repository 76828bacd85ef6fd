"""Finding: something that a person should know about a project, and what to do about it."""

from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "info"]
"""`error`: wrong, or not safe; `warning`: wrong under circumstances; `info`: right, and worth knowing."""


class Finding(NamedTuple):
    """One finding."""

    code: str
    """Stable: a section of docs/checks.md."""
    severity: Severity
    place: str
    """File and key, such as `apigw-oauth.toml: authorizer.cache_ttl`."""
    message: str
    """What is there, and what follows from it. Never a secret."""
    mend: str
    """What to change."""
