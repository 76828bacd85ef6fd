"""The template languages that a blueprint is written in: each is a package with `render(blueprint)`."""

from collections.abc import Mapping
from importlib import import_module
from typing import Protocol, cast

from apigw_oauth.deploy.blueprint import Blueprint

TEMPLATES: Mapping[str, str] = {
    "cloudformation": "apigw_oauth.deploy.templates.cloudformation",
    "terraform": "apigw_oauth.deploy.templates.terraform",
    "openapi": "apigw_oauth.deploy.templates.openapi",
}
"""Modules by the name of their language; each is imported only if it is asked for."""


class _Template(Protocol):
    def render(self, blueprint: Blueprint) -> str: ...


def render(name: str, blueprint: Blueprint) -> str:
    """Return the text of a template: of one of `TEMPLATES`. Raises SettingsError for what it cannot express."""
    return cast("_Template", import_module(TEMPLATES[name])).render(blueprint)
