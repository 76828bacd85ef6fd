"""The functions behind every gateway: one that greets, and an authorizer for each type of event."""

import json
from typing import Any


def hello(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Greet."""
    body = json.dumps({"Hello": "World"}, separators=(",", ":"))
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": body}


def token_authorizer(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Let one token in."""
    return _policy(event["authorizationToken"], event["methodArn"])


def request_authorizer(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Let one token in."""
    headers = {name.lower(): value for name, value in event["headers"].items()}  # ministack writes them so
    return _policy(headers.get("authorization"), event["methodArn"])


def _policy(credential: str | None, arn: str) -> dict[str, Any]:
    effect = "Allow" if credential == "Bearer let-me-in" else "Deny"
    # The whole stage: an answer that is cached has to hold for other routes too.
    resource = "/".join([*arn.split("/")[:2], "*"])
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": "user", "policyDocument": document, "context": {"scope": "pets"}}
