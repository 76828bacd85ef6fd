"""The functions behind the routes, as AWS Lambda runs them."""

import http.client
import json
import os
import time
from typing import Any

from apigw_oauth.backend import caller


def connect(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Let a client in; without the authorizer's word, `caller` refuses to go on."""
    print(f"{caller(event).principal_id} is here")
    return {"statusCode": 200}


def hello(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer a message; or close the connection if it has outlived its token: API Gateway does not look."""
    who = caller(event)
    if int(who.claims["exp"]) > time.time():
        ask_gateway(event, "POST", json.dumps({"hello": who.principal_id}))
    else:
        ask_gateway(event, "DELETE")
    return {"statusCode": 200}


def ask_gateway(event: dict[str, Any], method: str, message: str | None = None) -> None:
    """Send the client a message (POST), or close its connection (DELETE)."""
    context = event["requestContext"]
    if "AWS_EXECUTION_ENV" in os.environ:  # on AWS the request goes over https, and is signed by boto3
        import boto3

        address = f"https://{context['domainName']}/{context['stage']}"
        client = boto3.client("apigatewaymanagementapi", endpoint_url=address)
        if method == "POST":
            client.post_to_connection(ConnectionId=context["connectionId"], Data=message)
        else:
            client.delete_connection(ConnectionId=context["connectionId"])
        return
    gateway = http.client.HTTPConnection(context["domainName"])
    gateway.request(method, f"/{context['stage']}/@connections/{context['connectionId']}", message)
    gateway.getresponse().read()
    gateway.close()
