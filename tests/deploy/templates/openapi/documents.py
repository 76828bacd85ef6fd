"""Documents as they are made of projects, once for each."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from apigw_oauth.deploy.draft import draft
from apigw_oauth.deploy.templates import openapi
from apigw_oauth.project import load_project
from tests.deploy.templates import cases

NAMES = ("mydemoresource", "httpapi", "token", "dpop", "edges", "petstore")
INTEGRATION = "x-amazon-apigateway-integration"
ANY = "x-amazon-apigateway-any-method"
_VERBS = frozenset({ANY, "get", "post", "put", "patch", "delete", "head", "options"})


@cache
def text(name: str) -> str:
    """Return the document of a case, with its placeholders."""
    return openapi.render(cases.blueprint(name, imported=True))


@cache
def document(name: str) -> dict[str, Any]:
    """Return what it says."""
    read: dict[str, Any] = yaml.safe_load(text(name))
    return read


def operations(name: str) -> dict[str, dict[str, Any]]:
    """Return its operations by route key; that of `$default` is `ANY /$default`."""
    return {
        f"{'ANY' if verb == ANY else verb.upper()} {path}": operation
        for path, item in document(name)["paths"].items()
        for verb, operation in item.items()
        if verb in _VERBS
    }


def made_of(directory: Path, content: str, *, kind: str = "rest", fn_sub: bool = False) -> dict[str, Any]:
    """Return what is made of a document of a user."""
    (directory / "apigw-oauth.toml").write_text(
        f'[api]\nname = "mine"\ntype = "{kind}"\nopenapi = "openapi.yaml"\n{cases.VERIFIER}'
    )
    (directory / "openapi.yaml").write_text(content)
    plan = draft(load_project(directory), target=cases.TARGET, imported=True)
    read: dict[str, Any] = yaml.safe_load(openapi.render(plan, fn_sub=fn_sub))
    return read
