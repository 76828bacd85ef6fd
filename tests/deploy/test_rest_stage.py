"""The stage of a REST API does not go on serving what an update takes away."""

import pytest
from botocore.stub import Stubber

from apigw_oauth.deploy import rest_stage
from apigw_oauth.deploy.plan import Change
from tests.deploy.fake_aws import fake_aws
from tests.deploy.test_apply import PLAN, Reports, deployer, updated

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
