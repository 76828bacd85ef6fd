"""The CloudFormation stack as it is, and whether it can be deployed to."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from apigw_oauth.deploy.shipping.aws import Aws
from apigw_oauth.deploy.shipping.aws_errors import code_of, in_plain_words, message_of
from apigw_oauth.deploy.shipping.deploy_error import DeployError

TAG = "apigw-oauth"
"""Marks a stack, and what is in it, as ours; its value is the name of the project."""

_NEVER_WORKED = frozenset({"ROLLBACK_COMPLETE", "CREATE_FAILED", "ROLLBACK_FAILED"})
"""States in which CloudFormation lets a stack be deleted, and nothing else: its creation has failed."""


class Stack(NamedTuple):
    """A stack that is there."""

    name: str
    id: str
    """Its ARN, which still means it after it is deleted."""
    status: str
    reason: str
    tags: Mapping[str, str]
    parameters: Mapping[str, str]
    """Values by name; asterisks for those that are secret."""
    outputs: Mapping[str, str]

    @property
    def never_worked(self) -> bool:
        """Whether it is what remains of a creation that has failed."""
        return self.status in _NEVER_WORKED

    @property
    def is_changing(self) -> bool:
        """Whether CloudFormation is busy with it."""
        return self.status.endswith("_IN_PROGRESS")


def find(aws: Aws, name_or_id: str) -> Stack | None:
    """Return the stack; None if there is none of that name. Raises DeployError."""
    with in_plain_words():
        try:
            (told,) = aws.cloudformation.describe_stacks(StackName=name_or_id)["Stacks"]
        except ClientError as error:
            if code_of(error) == "ValidationError" and "does not exist" in message_of(error):
                return None
            raise
    return Stack(
        name=told["StackName"],
        id=told["StackId"],
        status=told["StackStatus"],
        reason=told.get("StackStatusReason", ""),
        tags=_by_key(told.get("Tags", []), "Key", "Value"),
        parameters=_by_key(told.get("Parameters", []), "ParameterKey", "ParameterValue"),
        outputs=_by_key(told.get("Outputs", []), "OutputKey", "OutputValue"),
    )


def refuse_of_others(stack: Stack, project: str) -> None:
    """Raise DeployError for a stack that was not made for this project: it is not ours to change or to delete."""
    owner = stack.tags.get(TAG)
    if owner is None:
        raise DeployError(
            f"the stack {stack.name} is there, and was not made by apigw-oauth (it has no tag {TAG}); name another"
            " one with --stack or [deploy] stack"
        )
    if owner != project:
        raise DeployError(
            f"the stack {stack.name} is that of another project, {owner}, and this one is {project}; name another"
            " one with --stack or [deploy] stack, or give the API its name back ([api] name)"
        )


def refuse_bad_state(stack: Stack) -> None:
    """Raise DeployError for a stack that CloudFormation would not update now. See "Stack status codes" there."""
    status = f"the stack {stack.name} is in the state {stack.status}"
    if stack.status == "REVIEW_IN_PROGRESS":
        raise DeployError(
            f"{status}: somebody has made a change set for it, and not executed it; execute it, or delete the"
            f" stack (aws cloudformation delete-stack --stack-name {stack.name})"
        )
    refuse_while_changing(stack)
    if stack.status == "UPDATE_ROLLBACK_FAILED":
        raise DeployError(
            f"{status}: {stack.reason or 'an update failed, and could not be taken back'}; mend what it says, then"
            f" run: aws cloudformation continue-update-rollback --stack-name {stack.name}"
        )
    if stack.status == "DELETE_FAILED":
        raise DeployError(
            f"{status}: {stack.reason or 'it could not be deleted'}; mend what it says, then run this with"
            " --delete"
        )


def refuse_while_changing(stack: Stack) -> None:
    """Raise DeployError for a stack that CloudFormation is busy with."""
    if stack.is_changing:
        raise DeployError(
            f"the stack {stack.name} is in the state {stack.status}: it is being changed just now; wait until that"
            " ends, then run this again"
        )


def _by_key(members: list[dict[str, Any]], key: str, value: str) -> dict[str, str]:
    return {str(one[key]): str(one.get(value, "")) for one in members}
