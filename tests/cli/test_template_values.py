"""apigw-oauth template openapi --set."""

import pytest
from typer.testing import CliRunner

from apigw_oauth.cli.app import app
from apigw_oauth.cli.options import WrongUsageError
from tests.deploy.templates import cases

ARN = "arn:aws:lambda:eu-west-1:111122223333:function"


def template(*arguments: str, name: str = "openapi", example: str = "mydemoresource") -> str:
    result = CliRunner().invoke(app, ["template", name, *arguments, "--project", str(cases.EXAMPLES / example)])
    if result.exception is not None:
        raise result.exception
    return result.stdout


def test_each_value_takes_the_place_of_its_placeholder():
    printed = template(
        "--set",
        f"AuthorizerFunctionArn={ARN}:authorizer",
        "--set",
        f"FunctionsHelloBackendArn={ARN}:hello",
        "--set",
        f"FunctionsMeBackendArn={ARN}:me",
    )
    assert f"uri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{ARN}:hello/invocations" in printed
    assert "${" not in printed


@pytest.mark.parametrize(
    ("arguments", "name", "message"),
    [
        (["--set", "Region"], "openapi", "--set: must be NAME=VALUE; the document lists the names"),
        (["--set", "Region="], "openapi", "--set: must be NAME=VALUE"),
        (
            ["--set", "Regoin=x"],
            "openapi",
            "no placeholder 'Regoin' in the document; there is: Partition, Region, Fu",
        ),
        (["--set", "Region=x"], "terraform", "--set: is for openapi; terraform has parameters of its own"),
        (["--fn-sub"], "cloudformation", "--fn-sub: is for openapi; cloudformation has parameters of its own"),
        (
            ["--authorizer-only"],
            "openapi",
            "is a whole API, with its authorizer; use it without --authorizer-only",
        ),
    ],
    ids=["no-value", "empty", "unknown", "other-language", "fn-sub", "authorizer-only"],
)
def test_a_mistake_is_told_with_its_mend(arguments, name, message):
    with pytest.raises(WrongUsageError, match=message):
        template(*arguments, name=name)


def test_placeholders_may_be_left_to_cloudformation():
    printed = template("--fn-sub")
    assert "Fn::Sub: arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/" in printed


def test_websocket_apis_have_no_document():
    with pytest.raises(WrongUsageError, match="does not describe WebSocket APIs; use cloudformation or terraform"):
        template(example="websocket")
