"""The events, compared with those recorded on AWS."""

from apigw_oauth.gateway import authorizer_events
from tests.gateway.fakes import api, mock_methods, request_authorizer, token_authorizer
from tests.gateway.rest_requests import rest_request

HEADERS = (
    ("Accept", "*/*"),
    ("accept-encoding", "gzip, deflate"),
    ("authorization", "Bearer foo"),
    ("Connection", "keep-alive"),
    ("Content-Length", "0"),
    ("host", "puhdx84jy9.execute-api.eu-west-1.amazonaws.com"),
    ("user-agent", "HTTPie/3.2.2"),
)


def test_a_token_event_has_exactly_three_keys() -> None:
    request = rest_request("/dev/lambda-token?q=1", HEADERS, route="POST /lambda-token")
    assert authorizer_events.build(token_authorizer(), request, ("Bearer foo",)) == {
        "type": "TOKEN",
        "methodArn": "arn:aws:execute-api:eu-west-1:123456789012:puhdx84jy9/dev/POST/lambda-token",
        "authorizationToken": "Bearer foo",
    }


def test_a_request_event_is_the_recorded_one() -> None:
    request = rest_request("/dev/lambda-request", HEADERS, route="POST /lambda-request")
    event = authorizer_events.build(request_authorizer(), request, ("Bearer foo",))
    headers = {
        "Accept": "*/*",
        "accept-encoding": "gzip, deflate",
        "Authorization": "Bearer foo",
        "Content-Length": "0",
        "Host": "puhdx84jy9.execute-api.eu-west-1.amazonaws.com",
        "User-Agent": "HTTPie/3.2.2",
        "X-Amzn-Trace-Id": "Root=1-66704feb-118151122b2ad2d3488844e7",
        "X-Forwarded-For": "15.248.3.126",
        "X-Forwarded-Port": "8080",
        "X-Forwarded-Proto": "http",
    }
    context = event.pop("requestContext")
    assert event == {
        "type": "REQUEST",
        "methodArn": "arn:aws:execute-api:eu-west-1:123456789012:puhdx84jy9/dev/POST/lambda-request",
        "resource": "/lambda-request",
        "path": "/lambda-request",
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {},
        "multiValueQueryStringParameters": {},
        "pathParameters": {},
        "stageVariables": {},
    }
    assert context == {
        "resourceId": request.resource_id,
        "resourcePath": "/lambda-request",
        "httpMethod": "POST",
        "extendedRequestId": "ZhFsxGQDDoEEMig=",
        "requestTime": "17/Jun/2024:15:02:03 +0000",
        "path": "/dev/lambda-request",
        "accountId": "123456789012",
        "protocol": "HTTP/1.1",
        "stage": "dev",
        "domainPrefix": "puhdx84jy9",
        "requestTimeEpoch": 1718636523035,
        "requestId": "141d6671-99b4-40ca-9997-7a22f01eac74",
        "identity": {
            "cognitoIdentityPoolId": None,
            "accountId": None,
            "cognitoIdentityId": None,
            "caller": None,
            "sourceIp": "15.248.3.126",
            "principalOrgId": None,
            "accessKey": None,
            "cognitoAuthenticationType": None,
            "cognitoAuthenticationProvider": None,
            "userArn": None,
            "userAgent": "HTTPie/3.2.2",
            "user": None,
        },
        "domainName": "puhdx84jy9.execute-api.eu-west-1.amazonaws.com",
        "deploymentId": context["deploymentId"],
        "apiId": "puhdx84jy9",
    }
    assert len(context["resourceId"]) == len(context["deploymentId"]) == 6


def test_repeated_values_raw_paths_and_decoded_queries() -> None:
    definition = api(*mock_methods("GET /pets/{id}/{rest+}"), stage_variables={"v": "1"})
    request = rest_request(
        "/dev//pets/a%2Fb/c%20d/?q=1&q=a+b%2B%2F&empty&%61=",
        (("X-Two", "1"), ("x-two", "2"), ("Host", "h"), ("X-Forwarded-For", "10.0.0.1")),
        route="GET /pets/{id}/{rest+}",
        api=definition,
    )
    event = authorizer_events.build(request_authorizer(), request, ())
    assert event["methodArn"].endswith(":puhdx84jy9/dev/GET/pets/a%2Fb/c%20d/")
    assert event["resource"] == "/pets/{id}/{rest+}"
    assert event["path"] == "/pets/a%2Fb/c%20d/"
    assert event["requestContext"]["path"] == "/dev//pets/a%2Fb/c%20d/"
    assert event["pathParameters"] == {"id": "a%2Fb", "rest": "c%20d"}
    assert event["queryStringParameters"] == {"q": "a b+/", "empty": "", "a": ""}
    assert event["multiValueQueryStringParameters"] == {"q": ["1", "a b+/"], "empty": [""], "a": [""]}
    assert event["headers"]["X-Two"] == "2"
    assert event["multiValueHeaders"]["X-Two"] == ["1", "2"]
    assert event["headers"]["X-Forwarded-For"] == "10.0.0.1, 15.248.3.126"
    assert event["stageVariables"] == {"v": "1"}


def test_the_arn_of_the_root_ends_with_a_slash() -> None:
    event = authorizer_events.build(token_authorizer(), rest_request("/dev", route="GET /"), ("t",))
    assert event["methodArn"].endswith("/dev/GET/")
