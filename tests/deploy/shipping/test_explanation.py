"""Why a deployment failed, and what CloudFormation did then."""

import pytest

from apigw_oauth.deploy.shipping import explanation
from apigw_oauth.deploy.shipping.events import Event

STACK = Event("mydemo", "stack", "ROLLBACK_IN_PROGRESS", "The following resources failed", is_stack=True)
FAILED = Event("Function", "Lambda function", "CREATE_FAILED", "The role cannot be assumed.", is_stack=False)


def test_the_first_failure_is_the_reason():
    given_up = FAILED._replace(resource="Other", reason="Resource creation cancelled")
    second = FAILED._replace(resource="Last", reason="something else")
    assert explanation.of_failure("mydemo", "ROLLBACK_COMPLETE", [given_up, FAILED, second, STACK]) == (
        "the Lambda function Function could not be created: The role cannot be assumed. What had been made has been"
        " removed again."
    )


@pytest.mark.parametrize(
    ("reason", "mend"),
    [
        (
            (
                "Specified ReservedConcurrentExecutions for function decreases account's"
                " UnreservedConcurrentExecution below its minimum value of [10]."
            ),
            (
                "; the account has no such number of invocations to spare; give a smaller one, --parameter"
                " ReservedConcurrency=N, or -1 for none"
            ),
        ),
        (
            "/aws/lambda/mydemo-authorizer already exists",
            (
                "; something of that name is there, perhaps what another stack left; delete it, or choose another"
                " --stack"
            ),
        ),
        ("S3 Error Code: NoSuchKey", "; somebody has removed the code from the bucket; run this again"),
    ],
    ids=["concurrency", "exists", "code"],
)
def test_some_reasons_have_a_mend(reason: str, mend: str):
    told = explanation.of_failure("mydemo", "ROLLBACK_COMPLETE", [FAILED._replace(reason=reason)])
    assert told == (
        f"the Lambda function Function could not be created: {reason.rstrip('.')}{mend}. What had been made has been"
        " removed again."
    )


def test_a_missing_permission_is_named():
    reason = "User: arn:aws:iam::1:user/ann is not authorized to perform: iam:CreateRole on resource: arn:r (…)"
    told = explanation.of_failure("mydemo", "ROLLBACK_COMPLETE", [FAILED._replace(kind="role", reason=reason)])
    assert told.startswith(
        "the role Function could not be created: no permission: arn:aws:iam::1:user/ann may not iam:CreateRole on"
        " arn:r; allow it in a policy of theirs."
    )


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("UPDATE_ROLLBACK_COMPLETE", "The stack is again as it was before."),
        (
            "UPDATE_ROLLBACK_FAILED",
            (
                "It could not be taken back either: mend what the events say, then run"
                " `aws cloudformation continue-update-rollback --stack-name mydemo`."
            ),
        ),
        ("DELETE_FAILED", "The rest is gone: mend what the events say, and run this with --delete again."),
        ("UPDATE_FAILED", "The stack mydemo is in the state UPDATE_FAILED."),
    ],
)
def test_what_cloudformation_did_is_said(status: str, told: str):
    assert explanation.of_failure("mydemo", status, [FAILED]).endswith(f"cannot be assumed. {told}")


def test_it_may_not_say_why():
    assert explanation.of_failure(
        "mydemo", "DELETE_FAILED", [FAILED._replace(reason="", status="DELETE_FAILED")]
    ) == (
        "the Lambda function Function could not be deleted: CloudFormation does not say why. The rest is gone: mend"
        " what the events say, and run this with --delete again."
    )
    assert explanation.of_failure("mydemo", "UPDATE_FAILED", []).startswith("mydemo ended in UPDATE_FAILED. ")


def test_secrets_are_told_nobody():
    event = FAILED._replace(reason="bad value s3cret-and-more for s3cret")
    told = explanation.of_failure("mydemo", "ROLLBACK_COMPLETE", [event], ["s3cret", "s3cret-and-more"])
    assert "bad value **** for ****" in told
