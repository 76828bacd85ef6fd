"""Which routes of an HTTP API nobody answers, and the function that does it for them."""

import json
from pathlib import Path

from apigw_oauth.deploy.blueprint import Blueprint, ToNobody

HANDLER = "static_responses.handler"
"""Of the function, in the ZIP file of the functions behind the API."""
VARIABLE = "APIGW_OAUTH_PUBLIC_BASE_URL"
"""Where the function finds the address of the stage."""


def are_needed(blueprint: Blueprint) -> bool:
    """Say whether the function is needed: HTTP APIs have no mock integrations, the others have."""
    return blueprint.api_type == "http" and any(isinstance(one.integration, ToNobody) for one in blueprint.routes)


def files(blueprint: Blueprint) -> dict[str, bytes]:
    """Return what the function consists of, by name in its ZIP file; nothing where it is not needed."""
    if not are_needed(blueprint):
        return {}
    answers = {
        one.key: one.integration._asdict() for one in blueprint.routes if isinstance(one.integration, ToNobody)
    }
    return {
        "static_responses.py": Path(__file__).with_name("static_responses.py").read_bytes(),
        "static_responses.json": json.dumps(answers, indent=1, sort_keys=True).encode(),
    }
