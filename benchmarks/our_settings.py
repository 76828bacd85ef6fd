"""The settings of our authorizer, as `apigw-oauth package` writes them for a project."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import apigw_oauth
from apigw_oauth.deploy.packaging import packaged_settings
from apigw_oauth.project import load_project

SOURCE = Path(apigw_oauth.__file__).parents[1]
"""Where our modules are imported from."""

Event = Literal["token", "request", "http-2.0"]

_ROUTES = """\
"GET /pets" = ["read"]
"POST /pets" = ["write"]
"GET /pets/{id}" = ["read"]
"""


def settings_in(
    directory: Path, verifiers: str, files: Mapping[str, str], *, event: Event, routes: str = _ROUTES
) -> Path:
    """Write a project for a kind of event, with defaults for the rest, and return its authorizer.json."""
    kind, line = ("http", 'payload_format = "2.0"') if event == "http-2.0" else ("rest", f'event = "{event}"')
    text = f'[api]\ntype = "{kind}"\n[routes]\n{routes}\n[authorizer]\n{line}\n{verifiers}'
    directory.mkdir(parents=True)
    for name, content in {**files, "apigw-oauth.toml": text}.items():
        (directory / name).write_text(content, encoding="utf-8")
    settings = packaged_settings.settings_of(load_project(directory), allow_loopback=False)
    path = directory / "authorizer.json"
    path.write_text(json.dumps(settings), encoding="utf-8")
    return path
