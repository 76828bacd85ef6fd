"""The authorizer of Authlete's article of 2016 about custom authorizers, in Python with `requests`.

Like the original it makes one call of the HTTP library for each token, and a policy for the method asked for.
"""

import os
from typing import Any

import requests

ENDPOINT = os.environ["INTROSPECTION_ENDPOINT"]
CLIENT = (os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"])


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer the event of a TOKEN authorizer."""
    scheme, _, token = event["authorizationToken"].partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Exception("Unauthorized")  # noqa: TRY002 what API Gateway turns into a 401
    answer = requests.post(ENDPOINT, data={"token": token}, auth=CLIENT, timeout=3)
    answer.raise_for_status()
    said = answer.json()
    if not said.get("active"):
        raise Exception("Unauthorized")  # noqa: TRY002 as above
    return {
        "principalId": said["sub"],
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"]}],
        },
        "context": {"client_id": said["client_id"], "scope": said["scope"]},
    }
