"""The stage of a REST API does not go on serving what an update takes away."""

import pytest
from botocore.stub import Stubber

from apigw_oauth.deploy.shipping import rest_stage
from apigw_oauth.deploy.shipping.deploy_error import DeployError
from apigw_oauth.deploy.shipping.plan import Change
from tests.deploy.shipping.fake_aws import fake_aws
from tests.deploy.shipping.test_apply import PLAN, Reports, deployer, updated

GONE = Change("delete", "MethodGetHealth", "method of a route", "AWS::ApiGateway::Method")
OUTPUTS = [{"OutputKey": "ApiId", "OutputValue": "abc"}, {"OutputKey": "Stage", "OutputValue": "dev"}]


def test_it_is_deployed_to_again_after_a_route_is_gone():
    reports = Reports()
    with fake_aws() as fake, Stubber(fake.aws.client("apigateway")) as gateway:
        gateway.add_response(
            "create_deployment",
            {"id": "1"},
            {"restApiId": "abc", "stageName": "dev", "description": "after what is gone was deleted"},
        )
        ready = updated(fake, status="UPDATE_COMPLETE", outputs=OUTPUTS)
        deployer(fake, reports).deploy(ready._replace(plan=PLAN._replace(uploads=(), changes=(GONE,))))
        gateway.assert_no_pending_responses()
    assert reports.steps == ["deploying to the stage once more, without what is gone"]


def test_a_rollback_must_not_bring_back_what_was_gone_before():
    stage = Change("change", "Stage", "stage", "AWS::ApiGateway::Stage")
    with fake_aws() as fake, Stubber(fake.aws.client("apigateway")) as gateway:
        gateway.add_response("create_deployment", {"id": "1"})
        ready = updated(fake, status="UPDATE_ROLLBACK_COMPLETE", outputs=OUTPUTS)
        reports = Reports()
        with pytest.raises(DeployError, match="again as it was before"):
            deployer(fake, reports).deploy(ready._replace(plan=PLAN._replace(uploads=(), changes=(stage,))))
        gateway.assert_no_pending_responses()
    assert reports.steps == ["deploying to the stage once more, as the API was before"]


@pytest.mark.parametrize(
    ("status", "change"),
    [
        ("UPDATE_COMPLETE", GONE),
        ("UPDATE_ROLLBACK_COMPLETE", GONE._replace(type="AWS::ApiGateway::Stage")),
    ],
    ids=["updated", "taken-back"],
)
def test_who_may_not_deploy_to_the_stage_is_told_that_it_serves_what_is_gone(status, change):
    with fake_aws() as fake, Stubber(fake.aws.client("apigateway")) as gateway:
        gateway.add_client_error("create_deployment", "AccessDeniedException", "no")
        ready = updated(fake, status=status, outputs=OUTPUTS)
        with pytest.raises(DeployError) as told:
            deployer(fake).deploy(ready._replace(plan=PLAN._replace(uploads=(), changes=(change,))))
    assert str(told.value).endswith(
        "What is gone is still served until then:"
        " aws apigateway create-deployment --rest-api-id abc --stage-name dev"
    )


@pytest.mark.parametrize(
    ("change", "behind"),
    [
        (GONE, True),
        (GONE._replace(type="AWS::ApiGateway::GatewayResponse"), True),
        (GONE._replace(action="replace"), True),
        (GONE._replace(action="change"), False),
        (GONE._replace(action="create"), False),
        (GONE._replace(type="AWS::ApiGatewayV2::Route"), False),
        (GONE._replace(type="AWS::ApiGateway::Deployment"), False),
    ],
    ids=lambda value: f"{value.action}-{value.type}" if isinstance(value, Change) else str(value),
)
def test_only_what_the_stage_shows_and_the_template_lacks_needs_it(change, behind):
    assert rest_stage.shows_what_is_gone([change]) is behind
