"""What is to be deployed, and the plan for it: nothing is made before a yes."""

from typing import Any

import pytest
from botocore.stub import ANY

from apigw_oauth.deploy.shipping import artifacts, prepare
from apigw_oauth.deploy.shipping.artifacts import Bucket
from apigw_oauth.deploy.shipping.deploy_error import DeployError
from apigw_oauth.deploy.shipping.parameters import Value
from apigw_oauth.deploy.shipping.prepare import Wanted
from apigw_oauth.deploy.shipping.stack import Stack
from tests.deploy.shipping.fake_aws import STACK_ID, FakeAws, fake_aws, impatient

NEW_BUCKET = Bucket("b", ours=True, exists=False)
BUCKET = Bucket("b", ours=False, exists=True)
ZIP = artifacts.artifact(b"zip", what="the authorizer", name="authorizer.zip", stack="mydemo")
WANTED = Wanted(
    stack="mydemo",
    project="my demo",
    template={"Resources": {"Fn": {"Type": "AWS::Lambda::Function"}}},
    values=(Value("A", "s3cret", "environment", secret=True), Value("B", "b", "given", secret=False)),
    bucket=NEW_BUCKET,
    code=(ZIP,),
)
LARGE = WANTED._replace(template={"Resources": {}, "Description": "x" * 51_200}, bucket=BUCKET)
BEFORE = Stack("mydemo", STACK_ID, "CREATE_COMPLETE", "", {}, {}, {})
CHANGE_SET = "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/x/1"


def update(fake: FakeAws, *changes: dict[str, Any], **told: Any) -> None:
    """Let a change set be made, and gone afterwards."""
    fake.cloudformation.add_response("create_change_set", {"Id": CHANGE_SET, "StackId": STACK_ID}, told or None)
    answer = {"Status": "CREATE_COMPLETE", "Changes": list(changes)}
    if not changes:
        answer = {"Status": "FAILED", "StatusReason": "No updates are to be performed."}
    fake.cloudformation.add_response("describe_change_set", answer)
    fake.cloudformation.add_response("delete_change_set", {}, {"ChangeSetName": CHANGE_SET})


def test_a_stack_that_is_not_there_needs_no_question_to_aws():
    with fake_aws() as fake, prepare.prepared(fake.aws, WANTED, None) as ready:
        assert (ready.plan.operation, ready.plan.uploads, ready.change_set) == ("create", (ZIP,), None)
        assert [one.resource for one in ready.plan.changes] == ["Fn"]
        assert not ready.plan.removes_remains


def test_what_has_failed_is_created_again():
    with (
        fake_aws() as fake,
        prepare.prepared(fake.aws, WANTED, BEFORE._replace(status="ROLLBACK_COMPLETE")) as ready,
    ):
        assert (ready.plan.operation, ready.plan.removes_remains) == ("create", True)


def test_an_update_is_what_cloudformation_says_it_is():
    change = {
        "Type": "Resource",
        "ResourceChange": {"Action": "Modify", "LogicalResourceId": "Fn", "ResourceType": "AWS::Lambda::Function"},
    }
    with fake_aws() as fake:
        update(
            fake,
            change,
            ChangeSetName=ANY,
            ChangeSetType="UPDATE",
            StackName="mydemo",
            TemplateBody='{"Resources":{"Fn":{"Type":"AWS::Lambda::Function"}}}',
            Parameters=[
                {"ParameterKey": "A", "ParameterValue": "s3cret"},
                {"ParameterKey": "B", "ParameterValue": "b"},
            ],
            Capabilities=["CAPABILITY_IAM"],
            Tags=[{"Key": "apigw-oauth", "Value": "my demo"}],
        )
        with prepare.prepared(fake.aws, WANTED, BEFORE, sleep=impatient) as ready:
            assert ready.plan.operation == "update"
            assert [(one.action, one.resource) for one in ready.plan.changes] == [("change", "Fn")]


def test_there_may_be_nothing_to_do():
    with fake_aws() as fake:
        update(fake)
        with prepare.prepared(fake.aws, WANTED, BEFORE, sleep=impatient) as ready:
            assert (ready.plan.operation, ready.plan.uploads) == ("nothing", ())


def test_a_change_set_is_gone_even_if_somebody_presses_ctrl_c():
    with fake_aws() as fake:
        update(fake)
        with (
            pytest.raises(KeyboardInterrupt),
            prepare.prepared(fake.aws, WANTED, BEFORE, sleep=impatient),
        ):
            raise KeyboardInterrupt


def test_a_large_template_is_uploaded_before_an_update():
    template = LARGE.large_template
    assert template is not None
    with fake_aws() as fake:
        fake.s3.add_client_error("head_object", "404", http_status_code=404)
        fake.s3.add_response("put_object", {}, {"Bucket": "b", "Key": template.key, "Body": ANY})
        update(
            fake,
            ChangeSetName=ANY,
            ChangeSetType="UPDATE",
            StackName="mydemo",
            TemplateURL=f"https://s3.eu-west-1.amazonaws.com/b/{template.key}",
            Parameters=ANY,
            Capabilities=ANY,
            Tags=ANY,
        )
        for _ in LARGE.code, template:  # what the plan says about uploads
            fake.s3.add_response("head_object", {})
        with prepare.prepared(fake.aws, LARGE, BEFORE, sleep=impatient) as ready:
            assert ready.plan.uploads == ()


def test_a_large_template_of_a_new_stack_is_part_of_the_plan():
    wanted = LARGE._replace(bucket=NEW_BUCKET)
    with fake_aws() as fake, prepare.prepared(fake.aws, wanted, None) as ready:
        assert [one.what for one in ready.plan.uploads] == ["the authorizer", "the template"]


def test_without_a_bucket_a_large_update_cannot_be_planned():
    with (
        fake_aws() as fake,
        pytest.raises(DeployError) as told,
        prepare.prepared(fake.aws, LARGE._replace(bucket=NEW_BUCKET), BEFORE),
    ):
        pass
    assert str(told.value) == (
        "the template is larger than 51,200 bytes, so that it has to be in a bucket before CloudFormation can say"
        " what changes, and there is no bucket b; name one with --bucket"
    )


def test_only_secrets_are_kept_out_of_what_is_printed():
    assert WANTED.secrets == ["s3cret"]
