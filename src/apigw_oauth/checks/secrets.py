"""Secrets that stand where they do not belong."""

import re
from collections.abc import Iterator

from apigw_oauth.checks import place
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import Project, references

_IN_ENVIRONMENT = (
    "On this machine that is good. Deployed, a variable of the function is read by whoever may look at its"
    " configuration, and stays what it is until the next deployment."
)
_IN_FILE = (
    "On this machine that is good. A deployment package with the file in it could be read by whoever may look at"
    " the function, so that none is made."
)
_READABLE = {"env": (Rule.ENVIRONMENT_SECRET, _IN_ENVIRONMENT), "file": (Rule.FILE_SECRET, _IN_FILE)}
"""By the kind of the reference."""


def literal(project: Project) -> Iterator[Finding]:
    """Find secrets among the verifiers that are written out. The development clients have none worth hiding."""
    for number, table in enumerate(project.file.verifiers):
        for key, value in table.items():
            if not isinstance(value, str) or references.is_reference(value) or not references.is_secret(key):
                continue
            yield Rule.LITERAL_SECRET.found(
                place.of_key(project, f"verifiers[{number}].{key}"),
                "It is written out: whoever reads the repository, or the deployment package, has it.",
                mend=f"{_kept(project, table.get('type'), key)}; and replace it at the authorization server",
            )


def readable(project: Project) -> Iterator[Finding]:
    """Find secrets that would be deployed where more people read than should."""
    for number, table in enumerate(project.file.verifiers):
        for key, value in table.items():
            kind = str(value).partition(":")[0]
            if kind in _READABLE and references.is_reference(value) and references.is_secret(key):
                rule, message = _READABLE[kind]
                where = place.of_key(project, f"verifiers[{number}].{key}")
                yield rule.found(where, message, mend=_kept(project, table.get("type"), key))


def _kept(project: Project, kind: object, key: str) -> str:
    """Return references to what AWS keeps, spelt as they could be in this project."""
    api, verifier = (
        re.sub(r"\W+", "-", str(name), flags=re.ASCII).strip("-") for name in (project.file.api.name, kind)
    )
    return f'"secretsmanager:{api}/{verifier}#{key}" or "ssm:/{api}/{verifier}/{key}"'
