"""Secrets that stand where they do not belong."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from apigw_oauth.checks import place
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import Project

# Not api_key or client_id: they name somebody, and prove nothing.
_SECRET = re.compile(r"(?:.*_)?(?:secret|password|passphrase|token|private_key)", re.IGNORECASE)
_REFERENCES = ("env:", "file:", "ssm:", "secretsmanager:")


def literal(project: Project) -> Iterator[Finding]:
    """Find secrets among the verifiers that are written out. The development clients have none worth hiding."""
    for number, table in enumerate(project.file.verifiers):
        for key in _literal_keys(table, f"verifiers[{number}]"):
            name = re.sub(r"\W+", "_", key.rpartition(".")[2]).upper()
            yield Rule.LITERAL_SECRET.found(
                place.of_key(project, key),
                "It is written out: whoever reads the repository, or the deployment package, has it.",
                mend=f'"env:{name}" or "file:PATH"; then replace the secret at the authorization server',
            )


def _literal_keys(value: Any, key: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _literal_keys(inner, f"{key}.{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _literal_keys(inner, f"{key}[{number}]")
    elif isinstance(value, str) and _names_a_secret(key) and value and not value.startswith(_REFERENCES):
        yield key


def _names_a_secret(key: str) -> bool:
    return _SECRET.fullmatch(re.sub(r"\[\d+\]$", "", key.rpartition(".")[2])) is not None
