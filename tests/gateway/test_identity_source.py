import pytest

from apigw_oauth.gateway import identity_source
from apigw_oauth.gateway.identity_source import MissingIdentityError
from tests.gateway.fakes import api, mock_methods, request_authorizer, token_authorizer
from tests.gateway.rest_requests import rest_request


def test_values_come_in_the_order_of_their_sources() -> None:
    request = rest_request(
        "/dev/pets/1?q=a&q=%62",
        (("X-A", "1"), ("x-a", "2"), ("User-Agent", "ua")),
        route="GET /pets/{id}",
        api=api(*mock_methods("GET /pets/{id}"), stage_variables={"v": "stage"}),
    )
    sources = {
        "context.httpMethod": "GET",
        "method.request.header.x-A": "2",
        "method.request.querystring.q": "b",
        "stageVariables.v": "stage",
        "context.path": "/dev/pets/1",
        "context.resourcePath": "/pets/{id}",
        "context.resourceId": request.resource_id,
        "context.identity.sourceIp": "15.248.3.126",
        "context.identity.userAgent": "ua",
        "context.requestTimeEpoch": "1718636523035",
    }
    authorizer = request_authorizer(sources=tuple(sources))
    assert identity_source.find(authorizer, request) == tuple(sources.values())


@pytest.mark.parametrize(
    "source", ["method.request.querystring.Q", "stageVariables.v", "context.identity.userAgent"]
)
def test_a_missing_source_is_named_and_its_value_is_not(source: str) -> None:
    request = rest_request("/dev/x?q=s3cr3t", (("Authorization", "s3cr3t"),))
    with pytest.raises(MissingIdentityError) as caught:
        identity_source.find(request_authorizer(sources=("method.request.header.Authorization", source)), request)
    assert source in str(caught.value)
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize(
    ("token", "accepted"),
    [("Bearer a", True), ("dpop a", True), ("xBearer a", False), ("Bearer ", False), ("a", False)],
)
def test_the_validation_expression_covers_the_whole_value(token: str, accepted: bool) -> None:
    authorizer, request = (
        token_authorizer(validation="(?i:Bearer|DPoP) .+"),
        rest_request(headers=(("Authorization", token),)),
    )
    if accepted:
        assert identity_source.find(authorizer, request) == (token,)
    else:
        with pytest.raises(MissingIdentityError):
            identity_source.find(authorizer, request)


def test_secrets_are_header_and_query_values_with_and_without_their_scheme() -> None:
    request = rest_request("/dev/x?key=query-key", (("Authorization", "Bearer abcd"), ("X-Key", "header-key")))
    sources = ("method.request.header.X-Key", "method.request.querystring.key", "context.httpMethod")
    found = identity_source.secrets(request_authorizer(sources=sources), request)
    assert set(found) == {"Bearer abcd", "abcd", "header-key", "query-key"}
    assert found[0] == "Bearer abcd"
    assert "abcd" in identity_source.secrets(None, request)


def test_secrets_are_all_values_of_what_came_more_than_once() -> None:
    request = rest_request(
        "/dev/x?key=first-query&key=last-query",
        (("X-Key", "first-key"), ("x-key", "last-key"), ("Authorization", "Bearer first, Bearer last")),
    )
    sources = ("method.request.header.X-Key", "method.request.querystring.key")
    found = identity_source.secrets(request_authorizer(sources=sources), request)
    assert {"first-key", "last-key", "first-query", "last-query", "first", "last"} <= set(found)


def test_secrets_are_found_however_the_kind_of_api_writes_its_sources() -> None:
    request = rest_request("/dev/x?key.a=query-key", (("X-Key", "header-key"),))
    for prefix in ("method.", "route.", "$"):
        sources = (f"{prefix}request.header.x-key", f"{prefix}request.querystring.key.a")
        assert set(identity_source.credentials(sources, request)) == {"header-key", "query-key"}
    others = ("stageVariables.request.header.x-key", "request.header.x-key", "context.x", "$context.path")
    assert identity_source.credentials(others, request) == ()
