"""The port with `requests`, and the classes of Powertools for AWS Lambda for the event and the answer."""

import os
from typing import Any

import requests
from aws_lambda_powertools.utilities.data_classes import event_source
from aws_lambda_powertools.utilities.data_classes.api_gateway_authorizer_event import (
    APIGatewayAuthorizerResponse,
    APIGatewayAuthorizerTokenEvent,
)

ENDPOINT = os.environ["INTROSPECTION_ENDPOINT"]
CLIENT = (os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"])


@event_source(data_class=APIGatewayAuthorizerTokenEvent)
def handler(event: APIGatewayAuthorizerTokenEvent, _context: object) -> dict[str, Any]:
    """Answer the event of a TOKEN authorizer."""
    scheme, _, token = event.authorization_token.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Exception("Unauthorized")  # noqa: TRY002 what API Gateway turns into a 401
    answer = requests.post(ENDPOINT, data={"token": token}, auth=CLIENT, timeout=3)
    answer.raise_for_status()
    said = answer.json()
    if not said.get("active"):
        raise Exception("Unauthorized")  # noqa: TRY002 as above
    arn = event.parsed_arn
    response = APIGatewayAuthorizerResponse(
        principal_id=said["sub"],
        region=arn.region,
        aws_account_id=arn.aws_account_id,
        api_id=arn.api_id,
        stage=arn.stage,
        context={"client_id": said["client_id"], "scope": said["scope"]},
    )
    response.allow_route(http_method=arn.http_method, resource=f"/{arn.resource}")
    return response.asdict()
