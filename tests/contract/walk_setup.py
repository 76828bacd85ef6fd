"""A project to walk through: one type of API, event and cache mode; and how its requests end by the rules."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from apigw_oauth.gateway.http_api.api import DEFAULT
from apigw_oauth.project import Project, load_project
from tests.contract.rules import Table, decoded, may, serve, trimmed

NOBODY = (frozenset({"nobody"}),)
"""Requirement of a route that is open to nobody: the OpenAPI document has it, and says nothing of OAuth."""


class Setup(NamedTuple):
    """A type of API, the event and the answer of its authorizer, and the cache mode."""

    api_type: str
    cache: str
    authorizer: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.api_type, self.authorizer.replace("\n", " "), self.cache)))

    def load(self, table: Table, directory: Path, *, ttl: int) -> Project:
        """Write the project file (and the OpenAPI document) of a table, and read it."""
        ours = {key: any_of for key, any_of in table.items() if any_of != NOBODY}
        lines = [
            "[api]", f'type = "{self.api_type}"', 'openapi = "openapi.json"', "[authorizer]", f'cache = "{self.cache}"',
            f"cache_ttl = {ttl}", self.authorizer, "[routes]",
            *(f'"{key}" = {_requirement(any_of)}' for key, any_of in ours.items()),
        ]  # fmt: skip
        (directory / "openapi.json").write_text(json.dumps(_openapi(table.keys() - ours.keys())))
        (directory / "apigw-oauth.toml").write_text("\n".join(lines))
        return load_project(directory)


def _requirement(any_of: tuple[frozenset[str], ...]) -> str:
    return json.dumps({"any_of": [sorted(one) for one in any_of]}).replace(": ", " = ") if any_of else '"public"'


def _openapi(keys: Iterable[str]) -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for key in keys:
        method, _, path = key.partition(" ") if key != DEFAULT else ("ANY", "", f"/{DEFAULT}")
        name = "x-amazon-apigateway-any-method" if method == "ANY" else method.lower()
        paths.setdefault(path, {})[name] = {"responses": {"200": {"description": "done"}}}
    return {"openapi": "3.0.3", "info": {"title": "walk", "version": "1"}, "paths": paths}


def served_by(api_type: str, table: Table, verb: str, path: str) -> str | None:
    """Return the key of the route. HTTP APIs decode, try what has no `{name+}` first, and `$default` last."""
    if api_type == "rest":
        return serve(table, verb, trimmed(path))
    parts = trimmed(decoded(path))
    paths = [key for key in table if key != DEFAULT]
    full = {key: table[key] for key in paths if not key.endswith("+}")}
    greedy = {key: table[key] for key in paths if key.endswith("+}")}
    return serve(full, verb, parts) or serve(greedy, verb, parts) or (DEFAULT if DEFAULT in table else None)


class Visit(NamedTuple):
    """One request. Of its token the authorization server knows nothing but what the token itself says."""

    verb: str
    path: str
    token: str | None

    def __str__(self) -> str:
        return f"{self.verb} {self.path} with {self.token or 'no token'}"


UNKNOWN = "unknown"
"""A token of which the authorization server knows nothing."""


def token_of(granted: frozenset[str]) -> str:
    """Return the token that has these scopes."""
    return ".".join(["granted", *sorted(granted)])


def status_by_the_rules(setup: Setup, table: Table, visit: Visit) -> int:
    """Return how the request ends, by a direct reading of the table."""
    is_rest = setup.api_type == "rest"
    route = served_by(setup.api_type, table, visit.verb, visit.path)
    if route is None:
        return 403 if is_rest else 404
    if not table[route]:
        return 200
    if visit.token is None:
        return 401
    if visit.token != UNKNOWN and may(table, frozenset(visit.token.split(".")[1:]), route):
        return 200
    # Only REST APIs have a 401 from the function: for tokens that are not valid, or for every refusal.
    return 401 if is_rest and (visit.token == UNKNOWN or "dynamic-401" in setup.authorizer) else 403
