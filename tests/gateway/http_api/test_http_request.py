import pytest

from apigw_oauth.gateway import identity_source
from apigw_oauth.gateway.identity_source import MissingIdentityError
from tests.gateway.http_api.http_apis import http_api, http_request, mock_routes


def test_identity_values_come_in_the_order_of_their_sources() -> None:
    request = http_request(
        "/pets/%C3%BC?q=a&q=%62&Q=other",
        (("X-A", "1"), ("x-a", "2"), ("User-Agent", "ua"), ("Host", "api.example.com:8080")),
        route="GET /pets/{id}",
        api=http_api(*mock_routes("GET /pets/{id}"), stage_variables={"v": "stage"}),
    )
    sources = {
        "$context.routeKey": "GET /pets/{id}",
        "$request.header.x-A": "1,2",
        "$request.querystring.q": "a,b",
        "$stageVariables.v": "stage",
        "$context.httpMethod": "GET",
        "$context.path": "/pets/ü",
        "$context.stage": "$default",
        "$context.requestId": "ZhFsxGQDDoEEMig=",
        "$context.extendedRequestId": "ZhFsxGQDDoEEMig=",
        "$context.identity.sourceIp": "15.248.3.126",
        "$context.identity.userAgent": "ua",
        "$context.domainName": "api.example.com",
        "$context.domainPrefix": "api",
        "$context.accountId": "123456789012",
        "$context.apiId": "lsw1ro4ipb",
        "$context.protocol": "HTTP/1.1",
        "$context.requestTime": "17/Jun/2024:15:52:39 +0000",
        "$context.requestTimeEpoch": "1718639559080",
    }
    assert identity_source.find_all(tuple(sources), request) == tuple(sources.values())


@pytest.mark.parametrize(
    "source",
    ["$request.querystring.Q", "$stageVariables.v", "$context.identity.userAgent", "$request.header.Other",
     "$request.querystring.empty"],
)  # fmt: skip
def test_a_missing_or_empty_source_is_named_and_its_value_is_not(source: str) -> None:
    request = http_request("/x?q=s3cr3t&empty=", (("Authorization", "s3cr3t"),))
    with pytest.raises(MissingIdentityError) as caught:
        identity_source.find_all(("$request.header.authorization", source), request)
    assert source in str(caught.value)
    assert "s3cr3t" not in str(caught.value)


def test_credentials_are_header_and_query_values() -> None:
    request = http_request("/x?key=query-key", (("Authorization", "Bearer abcd"), ("X-Key", "header-key")))
    sources = ("$request.header.X-Key", "$request.querystring.key", "$context.httpMethod")
    assert set(identity_source.credentials(sources, request)) == {
        "Bearer abcd", "abcd", "header-key", "query-key",
    }  # fmt: skip
    assert "header-key" not in identity_source.credentials((), request)


def test_the_only_identifier_is_the_one_that_looks_like_base64() -> None:
    assert http_request().ids.request_id == "ZhFsxGQDDoEEMig="
