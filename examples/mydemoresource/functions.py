"""The functions behind the API, as AWS Lambda runs them."""

import json
from typing import Any

from apigw_oauth.backend import caller


def hello(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer as the walkthrough has it."""
    return {"statusCode": 200, "body": json.dumps({"Hello": "World"}, separators=(",", ":"))}


def me(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Tell callers what the authorizer knows about them; without its word, `caller` refuses to go on."""
    who = caller(event)
    told = {"principal": who.principal_id, "is_client": who.is_client, "scopes": sorted(who.scopes)}
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(told)}
