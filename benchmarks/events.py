"""Events of authorizers as API Gateway sends them, with all their members, for a GET request."""

from typing import Any

_ACCOUNT, _REGION, _API = "123456789012", "eu-west-1", "a1b2c3d4e5"
_HOST = f"{_API}.execute-api.{_REGION}.amazonaws.com"
_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
_TRACE = "Root=1-66704feb-118151122b2ad2d3488844e7"
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "en-GB,en;q=0.9,de;q=0.8",
    "CloudFront-Forwarded-Proto": "https",
    "CloudFront-Is-Desktop-Viewer": "true",
    "CloudFront-Is-Mobile-Viewer": "false",
    "CloudFront-Is-SmartTV-Viewer": "false",
    "CloudFront-Is-Tablet-Viewer": "false",
    "CloudFront-Viewer-ASN": "7224",
    "CloudFront-Viewer-Country": "GB",
    "Host": _HOST,
    "Referer": "https://app.example.com/",
    "User-Agent": _AGENT,
    "Via": "2.0 e20527248be1eebaced63108ab7e73d6.cloudfront.net (CloudFront)",
    "X-Amz-Cf-Id": "sIEfafSQxwenKloeWOp-4eyo_-grMyVNzwnkBmx5q7OcvBJV7knerQ==",
    "X-Amzn-Trace-Id": _TRACE,
    "X-Forwarded-For": "198.51.100.7, 203.0.113.9",
    "X-Forwarded-Port": "443",
    "X-Forwarded-Proto": "https",
}
_NOBODY = (
    *("cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller", "principalOrgId", "accessKey"),
    *("cognitoAuthenticationType", "cognitoAuthenticationProvider", "userArn", "user"),
)


def rest_token(token: str, path: str, *, stage: str = "dev") -> dict[str, Any]:
    """Return the event of a TOKEN authorizer."""
    return {"type": "TOKEN", "methodArn": _arn(stage, path), "authorizationToken": f"Bearer {token}"}


def rest_request(token: str, path: str, *, template: str | None = None, stage: str = "dev") -> dict[str, Any]:
    """Return the event of a REQUEST authorizer of a REST API with an edge-optimized endpoint."""
    headers = {**_HEADERS, "Authorization": f"Bearer {token}"}
    return {
        "type": "REQUEST",
        "methodArn": _arn(stage, path),
        "resource": template or path,
        "path": path,
        "httpMethod": "GET",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {},
        "multiValueQueryStringParameters": {},
        "pathParameters": {},
        "stageVariables": {},
        "requestContext": {
            "resourceId": "w567jh",
            "resourcePath": template or path,
            "httpMethod": "GET",
            "extendedRequestId": "ZhFsxGQDDoEEMig=",
            "requestTime": "28/Nov/2026:15:02:03 +0000",
            "path": f"/{stage}{path}",
            "accountId": _ACCOUNT,
            "protocol": "HTTP/1.1",
            "stage": stage,
            "domainPrefix": _API,
            "requestTimeEpoch": 1795878123035,
            "requestId": "141d6671-99b4-40ca-9997-7a22f01eac74",
            "identity": {**dict.fromkeys(_NOBODY), "sourceIp": "198.51.100.7", "userAgent": _AGENT},
            "domainName": _HOST,
            "deploymentId": "v99qix",
            "apiId": _API,
        },
    }


def http_2_0(token: str, path: str) -> dict[str, Any]:
    """Return the event of an authorizer of an HTTP API, in format 2.0."""
    kept = {name.lower(): value for name, value in _HEADERS.items() if not name.startswith(("CloudFront", "Via"))}
    return {
        "version": "2.0",
        "type": "REQUEST",
        "routeArn": _arn("$default", path),
        "identitySource": [f"Bearer {token}"],
        "routeKey": f"GET {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {**kept, "authorization": f"Bearer {token}"},
        "requestContext": {
            "accountId": _ACCOUNT,
            "apiId": _API,
            "domainName": _HOST,
            "domainPrefix": _API,
            "http": {
                "method": "GET",
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "198.51.100.7",
                "userAgent": _AGENT,
            },
            "requestId": "ZhNHJhhLjoEEPiw=",
            "routeKey": f"GET {path}",
            "stage": "$default",
            "time": "28/Nov/2026:15:02:03 +0000",
            "timeEpoch": 1795878123035,
        },
    }


def _arn(stage: str, path: str) -> str:
    return f"arn:aws:execute-api:{_REGION}:{_ACCOUNT}:{_API}/{stage}/GET{path}"
