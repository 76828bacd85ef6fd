import pytest

from apigw_oauth.gateway.http_api import http_unverified
from tests.gateway.http_api.http_apis import http_request


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("/x/", "trailing slash"),
        ("/a/%2F", "trailing slash"),
        ("//x", "double slash"),
        ("/a//x", "double slash"),
        ("/a%20b", "percent-encoded"),
        ("/a%3Fb", "encoded ?"),
        ("/a%20b", "with percent-encoding"),
        ("/a*", "with a literal *"),
        ("/a%2A", "with a literal *"),
        ("/a:b", "with a colon"),
    ],
)
def test_what_nobody_has_seen_on_aws_gets_a_notice(target: str, told: str) -> None:
    request = http_request(target, route="ANY /{proxy+}", verb="GET")
    assert [notice for notice in http_unverified.in_request(request, authorized=True) if told in notice]


@pytest.mark.parametrize("target", ["/a/b-c_d.e~1?q=%20:*//", "/a", "/a/"])
def test_what_is_known_gets_none(target: str) -> None:
    route = "$default" if target.endswith("/") else "ANY /{proxy+}"
    request = http_request(target, route=route, verb="GET")
    assert http_unverified.in_request(request, authorized=True) == []


def test_without_an_authorizer_no_arn_matters() -> None:
    request = http_request("/a*:b", route="ANY /{proxy+}", verb="GET")
    assert http_unverified.in_request(request, authorized=False) == []


def test_an_identity_source_that_came_twice_gets_one() -> None:
    sources = ("$request.header.Authorization", "$request.header.X", "$context.routeKey")
    twice = http_request(headers=(("Authorization", "a"), ("authorization", "b"), ("X", "1")))
    notices = http_unverified.in_identity(sources, twice)
    assert len(notices) == 1
    assert "Authorization came more than once" in notices[0]
