"""The stack as it is, and whether it can be deployed to."""

import pytest

from apigw_oauth.deploy.shipping import stack
from apigw_oauth.deploy.shipping.deploy_error import DeployError
from apigw_oauth.deploy.shipping.stack import Stack
from tests.deploy.shipping.fake_aws import STACK_ID, fake_aws

OURS = Stack("mydemo", STACK_ID, "CREATE_COMPLETE", "", {"apigw-oauth": "mydemo"}, {}, {})


def test_everything_that_is_told_is_found_by_name():
    with fake_aws() as fake:
        fake.stack(
            "UPDATE_COMPLETE",
            Tags=[{"Key": "apigw-oauth", "Value": "mydemo"}],
            Parameters=[{"ParameterKey": "CodeKey", "ParameterValue": "k"}],
            Outputs=[{"OutputKey": "Url", "OutputValue": "https://x"}],
        )
        found = stack.find(fake.aws, "mydemo")
    assert found == Stack(
        "mydemo",
        STACK_ID,
        "UPDATE_COMPLETE",
        "",
        {"apigw-oauth": "mydemo"},
        {"CodeKey": "k"},
        {"Url": "https://x"},
    )


def test_a_stack_may_not_be_there():
    with fake_aws() as fake:
        fake.cloudformation.add_client_error(
            "describe_stacks", "ValidationError", "Stack with id mydemo does not exist"
        )
        assert stack.find(fake.aws, "mydemo") is None


def test_what_is_wrong_otherwise_is_told():
    with fake_aws() as fake:
        fake.cloudformation.add_client_error("describe_stacks", "ValidationError", "no such name")
        with pytest.raises(DeployError, match="ValidationError: no such name"):
            stack.find(fake.aws, "mydemo")


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("UPDATE_IN_PROGRESS", "it is being changed just now; wait until that ends, then run this again"),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "it is being changed just now; wait until"),
        ("DELETE_IN_PROGRESS", "it is being changed just now; wait until that ends, then run this again"),
        (
            "UPDATE_ROLLBACK_FAILED",
            "why; mend what it says, then run: aws cloudformation continue-update-rollback --stack-name mydemo",
        ),
        ("DELETE_FAILED", "why; mend what it says, then run this with --delete"),
        ("REVIEW_IN_PROGRESS", "somebody has made a change set for it, and not executed it"),
    ],
)
def test_some_states_are_not_to_be_deployed_to(status: str, message: str):
    with pytest.raises(DeployError) as told:
        stack.refuse_bad_state(OURS._replace(status=status, reason="why"))
    assert str(told.value).startswith(f"the stack mydemo is in the state {status}: {message}")


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_others_are(status: str):
    stack.refuse_bad_state(OURS._replace(status=status))
    assert not OURS._replace(status=status).never_worked


def test_what_failed_at_its_creation_never_worked():
    assert all(
        OURS._replace(status=status).never_worked
        for status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED")
    )
