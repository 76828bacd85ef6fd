"""The functions behind the API, as AWS Lambda runs them. What they return is the body of a 200."""

import json
from typing import Any

from apigw_oauth.backend import caller

PETS: dict[str, dict[str, Any]] = {"1": {"name": "Rex", "owner": "john"}}


def list_pets(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """List the pets: who may do that is not the function's business."""
    return PETS


def show_pet(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Show one pet; an object with a `statusCode` is a whole response."""
    pet = PETS.get(event["pathParameters"]["id"])
    return pet or {"statusCode": 404, "body": '{"message":"No such pet"}'}


def add_pet(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Add a pet, and remember whose it is; without the authorizer's word, `caller` refuses to go on."""
    return {"name": json.loads(event["body"])["name"], "owner": caller(event).principal_id}
