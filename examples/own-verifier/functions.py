"""The function behind the route."""

import json

from apigw_oauth.backend import caller


def list_pets(event, context):
    return {"statusCode": 200, "body": json.dumps({"pets": ["Rex"], "for": caller(event).principal_id})}
