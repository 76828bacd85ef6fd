"""Secrets that stand where they do not belong."""

import re
from collections.abc import Iterator

from apigw_oauth.checks import place
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import Project, references


def literal(project: Project) -> Iterator[Finding]:
    """Find secrets among the verifiers that are written out. The development clients have none worth hiding."""
    for number, table in enumerate(project.file.verifiers):
        for key, value in table.items():
            if not isinstance(value, str) or references.is_reference(value) or not references.is_secret(key):
                continue
            name = re.sub(r"\W+", "_", f"{table.get('type')}_{key}").upper()
            yield Rule.LITERAL_SECRET.found(
                place.of_key(project, f"verifiers[{number}].{key}"),
                "It is written out: whoever reads the repository, or the deployment package, has it.",
                mend=f'"env:{name}" or "file:PATH"; then replace the secret at the authorization server',
            )
