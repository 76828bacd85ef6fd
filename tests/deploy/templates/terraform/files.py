"""Terraform files of projects, and what is in them, made and read once."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from apigw_oauth.deploy.templates import terraform
from tests.deploy.templates import cases
from tests.deploy.templates.terraform import hcl_reading


@cache
def text(name: str, scope: str = "api") -> str:
    """Return the file of a case."""
    return terraform.render(cases.blueprint(name, "api" if scope == "api" else "authorizer"))


@cache
def resources(name: str, scope: str = "api") -> Mapping[tuple[str, str], dict[str, Any]]:
    """Return its resources by type and name."""
    return hcl_reading.resources(text(name, scope))


def of_type(name: str, kind: str, scope: str = "api") -> dict[str, dict[str, Any]]:
    """Return its resources of one type, by name."""
    return {label: body for (found, label), body in resources(name, scope).items() if found == kind}
