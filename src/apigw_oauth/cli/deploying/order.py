"""What somebody has asked `deploy` for."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from apigw_oauth.deploy.target import Target
from apigw_oauth.project import Project


class Order(NamedTuple):
    """What to deploy, where, and how sure they are."""

    project: Project
    target: Target
    stack: str
    region: str | None
    """None: boto3's."""
    profile: str | None
    endpoint_url: str | None
    bucket: str | None
    """None: one that is made."""
    wheels: Path | None
    authorizer_only: bool
    parameters: Mapping[str, str]
    agreed: bool
    """Whether they have said yes before they have seen the plan."""
    as_json: bool

    @property
    def name(self) -> str:
        """The project's."""
        return self.project.file.api.name


def stack_name(project: Project) -> str:
    """Return the name of a project's stack: letters, digits and hyphens, a letter first."""
    told = project.file.deploy.stack
    if told is not None:
        return told
    name = re.sub(r"[^A-Za-z0-9]+", "-", project.file.api.name).strip("-")
    return (name if name[:1].isalpha() else f"api-{name}")[:128]
