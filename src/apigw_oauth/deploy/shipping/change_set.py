"""A change set: what CloudFormation says it would do to a stack that is there, and then does.

See "Update CloudFormation stacks using change sets" in its guide.
"""

import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from apigw_oauth.deploy.shipping.aws import Aws
from apigw_oauth.deploy.shipping.aws_errors import in_plain_words
from apigw_oauth.deploy.shipping.deploy_error import DeployError
from apigw_oauth.deploy.shipping.events import Sleep

_PAUSE = 0.5
"""Seconds between two questions."""
_NOTHING = ("The submitted information didn't contain changes", "No updates are to be performed")

_OTHER_TYPE = "Update of resource type is not permitted"


class ChangeSet:
    """The update of a stack that is there."""

    __slots__ = ("_aws", "_executed", "_id", "_sleep")

    def __init__(self, aws: Aws, arguments: Mapping[str, Any], *, sleep: Sleep = time.sleep) -> None:
        """Have it worked out; `arguments` are those of CreateChangeSet that say what the stack is to be.

        Raises DeployError.
        """
        self._aws = aws
        self._sleep = sleep
        self._executed = False
        with in_plain_words():
            made = aws.cloudformation.create_change_set(
                ChangeSetName=f"apigw-oauth-{uuid.uuid4()}", ChangeSetType="UPDATE", **arguments
            )
        self._id = made["Id"]

    def changes(self) -> list[Mapping[str, Any]]:
        """Return what it would change, once that is known. Raises DeployError."""
        with in_plain_words():
            while (told := self._describe())["Status"] in {"CREATE_PENDING", "CREATE_IN_PROGRESS"}:
                self._sleep(_PAUSE)
            reason = str(told.get("StatusReason", ""))
            if told["Status"] == "FAILED" and reason.startswith(_NOTHING):
                return []
            if _OTHER_TYPE in reason:
                raise DeployError(
                    "the API is of another type than the one that is deployed, which stays what it is; deploy it"
                    " as another stack (--stack), or delete this one before (--delete)"
                )
            if told["Status"] != "CREATE_COMPLETE":
                raise DeployError(f"CloudFormation cannot work out what would change: {reason or told['Status']}")
            changes = list(told.get("Changes", []))
            while told.get("NextToken"):
                told = self._describe(NextToken=told["NextToken"])
                changes += told.get("Changes", [])
        return changes

    def execute(self) -> None:
        """Have it done. Raises DeployError."""
        with in_plain_words():
            self._aws.cloudformation.execute_change_set(ChangeSetName=self._id)
        self._executed = True

    def delete(self) -> None:
        """Remove it, if it was not executed. One that cannot be removed does nothing, and is no reason to fail."""
        if not self._executed:
            with suppress(DeployError), in_plain_words():
                self._aws.cloudformation.delete_change_set(ChangeSetName=self._id)

    def _describe(self, **more: str) -> dict[str, Any]:
        told: dict[str, Any] = self._aws.cloudformation.describe_change_set(ChangeSetName=self._id, **more)
        return told
