"""The stage of a REST API, which would go on serving what the template no longer has.

CloudFormation deletes what is gone after it has done everything else, the deployment to the stage included: see
"UPDATE_COMPLETE_CLEANUP_IN_PROGRESS" in its user guide. A public route would stay public. And an update that fails
takes the stage back to that deployment of CloudFormation's, which shows what was gone once more.
"""

from collections.abc import Iterable

from apigw_oauth.deploy.shipping.aws import Aws
from apigw_oauth.deploy.shipping.aws_errors import in_plain_words
from apigw_oauth.deploy.shipping.deploy_error import DeployError
from apigw_oauth.deploy.shipping.plan import Change
from apigw_oauth.deploy.shipping.stack import Stack

_SHOWN = frozenset({"AWS::ApiGateway::Method", "AWS::ApiGateway::GatewayResponse"})


def shows_what_is_gone(changes: Iterable[Change]) -> bool:
    """Say whether an update has left something in the stage."""
    return any(one.type in _SHOWN and one.action in {"delete", "replace", "perhaps replace"} for one in changes)


def was_taken_back(changes: Iterable[Change]) -> bool:
    """Say whether an update that was taken back has put the stage on an older deployment."""
    return any(one.type == "AWS::ApiGateway::Stage" for one in changes)


def deploy_again(aws: Aws, done: Stack) -> None:
    """Deploy the API to its stage as it is now. Raises DeployError, which says how to do it by hand."""
    try:
        with in_plain_words():
            aws.client("apigateway").create_deployment(
                restApiId=done.outputs["ApiId"],
                stageName=done.outputs["Stage"],
                description="after what is gone was deleted",
            )
    except DeployError as error:
        raise DeployError(f"{error}. What is gone is still served until then: {command(done)}") from None


def command(done: Stack) -> str:
    """Return what does it by hand."""
    return (
        f"aws apigateway create-deployment --rest-api-id {done.outputs['ApiId']}"
        f" --stage-name {done.outputs['Stage']}"
    )
