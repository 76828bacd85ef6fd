"""The ARN of a request, taken apart and put together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.errors import UnknownEventError
from apigw_oauth.authorizer.method_arn import MethodArn


@pytest.mark.rule("I25")
@pytest.mark.parametrize(
    ("text", "verb", "path"),
    [
        ("arn:aws:execute-api:eu-west-1:123456789012:puhdx84jy9/prod/POST/lambda-token", "POST", "/lambda-token"),
        ("arn:aws:execute-api:eu-west-1:123456789012:puhdx84jy9/prod/GET/x/y/z", "GET", "/x/y/z"),
        ("arn:aws:execute-api:eu-west-1:123456789012:puhdx84jy9/prod/GET/", "GET", "/"),
        ("arn:aws:execute-api:eu-west-1:123456789012:puhdx84jy9/prod/GET//", "GET", "//"),
        ("arn:aws:execute-api:eu-west-1:123456789012:puhdx84jy9/prod/GET/a:b/c:d:e", "GET", "/a:b/c:d:e"),
        ("arn:aws-cn:execute-api:cn-north-1:123456789012:puhdx84jy9/prod/DELETE/x/", "DELETE", "/x/"),
        ("arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:puhdx84jy9/$default/PUT/x%2Fy", "PUT", "/x%2Fy"),
        ("arn:aws:execute-api:us-east-1:123456789012:abcdef123/ESTestInvoke-stage/GET/", "GET", "/"),
        ("arn:aws:execute-api:us-east-1:123456789012:abcdef123/default/$connect", "$connect", ""),
        ("arn:aws:execute-api:us-east-1:123456789012:abcdef123/dev/GET/$connect", "GET", "/$connect"),
        ("arn:aws:execute-api:us-east-1:random-account-id:random-api-id/dev/GET/*?", "GET", "/*?"),
    ],
)
def test_an_arn_is_taken_apart_and_printed_again(text, verb, path):
    arn = MethodArn.parse(text)
    assert (arn.verb, arn.path) == (verb, path)
    assert str(arn) == text


@given(path=st.text(st.characters(codec="utf-8"), max_size=50))
def test_any_path_survives(path):
    text = f"arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/dev/GET/{path}"
    arn = MethodArn.parse(text)
    assert arn.path == "/" + path
    assert str(arn) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "arn", "arn:aws:execute-api:eu-west-1:123456789012", "arn:aws:lambda:eu-west-1:1:a/b/GET/x",
        "arn:aws:execute-api:eu-west-1:123456789012:api", "arn:aws:execute-api:eu-west-1:123456789012:api/stage",
        "arn:aws:execute-api:*:123456789012:api/stage/GET/x", "arn:aws:execute-api:eu-west-1:*:api/stage/GET/x",
        "arn:aws:execute-api:eu-west-1:1:api/*/GET/x", "arn:aws:execute-api:eu-west-1:1:api/st?ge/GET/x",
        "arn:aws:execute-api:eu-west-1:1:api/dev/*/x", "arn:aws:execute-api:eu-west-1:1:api/dev/get/x",
        "arn:aws:execute-api:eu-west-1:1:api/dev//x", "arn:aws:execute-api::1:api/dev/GET/x",
        "arn:aws:execute-api:eu-west-1:1:api/$connect", "arn:aws:execute-api:eu-west-1:1:api/dev/$connect/",
        "arn:aws:execute-api:eu-west-1:1:api/dev/$connect/x", "arn:aws:execute-api:eu-west-1:1:api/dev/$default",
    ],
)  # fmt: skip
def test_what_is_not_the_arn_of_a_request_is_refused(text):
    with pytest.raises(UnknownEventError):
        MethodArn.parse(text)


def test_a_resource_keeps_everything_before_the_verb():
    arn = MethodArn.parse("arn:aws-cn:execute-api:cn-north-1:123456789012:a1/dev/GET/pets/7")
    assert arn.resource("GET/pets/*") == "arn:aws-cn:execute-api:cn-north-1:123456789012:a1/dev/GET/pets/*"
