"""`.apigw-oauth/serve.json`: what runs, and how to get tokens from it, for commands in another terminal.

It holds the secrets of a development server, so only its owner can read it; it goes when the servers end.
"""

import json
import os
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

_TIMEOUT = 2  # seconds until a server at that address is taken for a dead one


def path_for(project_directory: Path) -> Path:
    """Return where the file of a project is."""
    return project_directory / ".apigw-oauth" / "serve.json"


def write(project_directory: Path, ready: Mapping[str, Any]) -> None:
    """Write the file, readable by its owner alone, in one step. Raises OSError."""
    path = path_for(project_directory)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(ready, file)
    draft.replace(path)


def read(project_directory: Path) -> dict[str, Any] | None:
    """Return the content, or None where nothing runs."""
    try:
        content = json.loads(path_for(project_directory).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def is_alive(ready: Mapping[str, Any]) -> bool:
    """Say whether the authorization server of a file still runs: it, and not another one at its address.

    Without one there is nothing that other commands could use.
    """
    import httpx2  # only where there is a file: it takes a while to load

    from apigw_oauth.cli.plain_http import trusted

    try:
        url = f"{ready['authserver']}/api/auth/introspection"
        credentials = (ready["service_api_key"], ready["service_api_secret"])
        answer = httpx2.post(
            url, json={"token": "none"}, auth=credentials, timeout=_TIMEOUT, trust_env=False, verify=trusted(url)
        )
    except (KeyError, TypeError, ValueError, httpx2.HTTPError, httpx2.InvalidURL):
        return False
    return answer.status_code == HTTPStatus.OK


def remove(project_directory: Path, ready: Mapping[str, Any]) -> None:
    """Remove the file, unless another `serve` of the same project has written its own."""
    if read(project_directory) == ready:
        path_for(project_directory).unlink(missing_ok=True)
