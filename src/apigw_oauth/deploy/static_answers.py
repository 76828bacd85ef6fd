"""What nobody answers in an HTTP API, which has no mock integrations, and the function that does it."""

import json
from collections.abc import Mapping
from pathlib import Path

from apigw_oauth.deploy.blueprint import Blueprint, ToNobody

HANDLER = "static_responses.handler"
"""Of the function, in the ZIP file of the functions behind the API."""
VARIABLE = "APIGW_OAUTH_PUBLIC_BASE_URL"
"""Where the function finds the address of the stage."""
SOURCE = "static_responses.py"


def are_needed(blueprint: Blueprint) -> bool:
    """Say whether the function is deployed."""
    return blueprint.api_type == "http" and any(isinstance(one.integration, ToNobody) for one in blueprint.routes)


def files(answers: Mapping[str, ToNobody]) -> dict[str, bytes]:
    """Return what the function consists of, by name in the ZIP file. The answers are by route key."""
    told = {key: one._asdict() for key, one in answers.items()}
    return {
        SOURCE: Path(__file__).with_name(SOURCE).read_bytes(),
        "static_responses.json": json.dumps(told, indent=1, sort_keys=True).encode(),
    }
