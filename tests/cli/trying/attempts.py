"""Attempts in this process, with an authorization server that says what a test wants."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from apigw_oauth.cli.trying.preparation import CommandLine, prepare
from tests.scripted_server import Behaviour, answer

TOKEN = "aVeryGoodTokenOf27Characters"
SECRET = "theSecretOfTheService"
NEVER = 4_000_000_000  # seconds since the epoch

PETS = {
    "GET /pets/{id}": {"scopes": ["pets:read"]},
    "POST /pets/{id}": {"scopes": ["pets:write"]},
    "GET /pets/{id}/owner": {"any_of": [["owner"], ["admin", "pets:read"]]},
    "GET /any": {"scopes": []},
    "GET /open": "public",
}


def says(action: str = "OK", code: str = "A056001", **facts: Any) -> Behaviour:
    """Authlete's answer about a token."""
    known = {"usable": True, "clientId": 7, "subject": "john", "scopes": ["pets:read"], "expiresAt": NEVER * 1000}
    return answer(
        json.dumps({"resultCode": code, "action": action, **(known if action == "OK" else {}), **facts}).encode()
    )


def write_project(
    directory: Path, base_url: str, routes: Mapping[str, Any], *, api: str = "", more: str = "", **authorizer: Any
) -> Path:
    lines = ["[api]", 'name = "pets"', api, "[routes]"]
    lines += [f"{json.dumps(key)} = {_toml(value)}" for key, value in routes.items()]
    lines += ["[authorizer]", *(f"{key} = {_toml(value)}" for key, value in authorizer.items())]
    lines += ["[[verifiers]]", 'type = "authlete"', f'base_url = "{base_url}"', 'api_key = "12345678"']
    lines += ['api_secret = "env:TRY_SECRET"', more]
    (directory / "apigw-oauth.toml").write_text("\n".join(lines))
    return directory


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    return json.dumps(value)


def attempt(
    project: Path,
    method: str | None = None,
    path: str | None = None,
    *headers: str,
    token: str | None = None,
    event: Path | None = None,
    all_routes: bool = False,
) -> dict[str, Any]:
    """What `apigw-oauth try --json` would print."""
    line = CommandLine(method, path, token, headers, event, all_routes)

    async def carry_out() -> dict[str, Any]:
        return await (await prepare(line, project)).carry_out()

    document: dict[str, Any] = json.loads(json.dumps(asyncio.run(carry_out())))
    return document


def outcomes(document: Mapping[str, Any]) -> dict[str, str]:
    return {one["check"]: one["outcome"] for one in document["checks"]}


def rows(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["route"]: row for row in document["routes"]["rows"]}
