"""A Lambda function for routes of HTTP APIs that nobody answers, since these have no mock integrations.

It stands alone: this file and `static_responses.json` are all that it needs in its deployment package.
"""

import json
import os
from typing import Any

_BASE_URL = "{deployed.base_url}"
"""In a body or a header: the address of the stage, which is known only when it is deployed."""
_FILE = os.path.join(os.path.dirname(__file__), "static_responses.json")  # noqa: PTH118, PTH120  # pathlib is slow to import


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001  # Lambda passes it
    """Answer a request of payload format 2.0 with what the file has for its route."""
    with open(_FILE, encoding="utf-8") as file:  # noqa: PTH123  # see above
        answer = json.load(file)[event["routeKey"]]
    base_url = os.environ.get("APIGW_OAUTH_PUBLIC_BASE_URL", "")
    headers = {"Content-Type": answer["content_type"], **answer["headers"]}
    return {
        "statusCode": 200,
        "headers": {name: value.replace(_BASE_URL, base_url) for name, value in headers.items()},
        "body": answer["body"].replace(_BASE_URL, base_url),
    }
