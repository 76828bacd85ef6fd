"""What the access log of an HTTP API says of each request.

Nothing else tells why API Gateway did not understand an authorizer. No address, no path, no token. See "Customize
HTTP API access logs" in the API Gateway developer guide.
"""

LOG_GROUPS = "/aws/vendedlogs/apigateway/"
"""How the names of their log groups begin.

One policy of the account lets AWS write such logs, 5120 bytes long: it names each log group whose name begins
otherwise, until another one makes it too long. See "Logs sent to CloudWatch Logs" in the guide of CloudWatch.
"""

FIELDS = {
    "time": "$context.requestTime",
    "requestId": "$context.requestId",
    "routeKey": "$context.routeKey",
    "status": "$context.status",
    "authorizerStatus": "$context.authorizer.status",
    "authorizerLatency": "$context.authorizer.latency",
    "authorizerError": "$context.authorizer.error",
    "integrationStatus": "$context.integration.status",
    "integrationError": "$context.integration.error",
}
