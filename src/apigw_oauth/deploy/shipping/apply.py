"""Carries a plan out: CloudFormation does it, and tells how it goes."""

import time
from collections.abc import Collection
from typing import Protocol

from apigw_oauth.deploy.shipping import artifacts, events, explanation, rest_stage, stack
from apigw_oauth.deploy.shipping.aws import Aws
from apigw_oauth.deploy.shipping.aws_errors import in_plain_words
from apigw_oauth.deploy.shipping.change_set import ChangeSet
from apigw_oauth.deploy.shipping.deploy_error import DeployError
from apigw_oauth.deploy.shipping.events import Event, Following, Sleep
from apigw_oauth.deploy.shipping.prepare import Prepared, Wanted, arguments
from apigw_oauth.deploy.shipping.stack import Stack

_PAUSE = 1.0
"""Seconds between two questions."""


class Reporter(Protocol):
    """Is told how it goes."""

    def step(self, text: str) -> None:
        """Something begins that takes a moment."""

    def started(self, stack_id: str) -> None:
        """CloudFormation has begun: it goes on, whatever happens here."""

    def event(self, event: Event) -> None:
        """CloudFormation did something."""


class Deployer:
    """Changes stacks, and waits until that has ended."""

    def __init__(self, aws: Aws, report: Reporter, *, sleep: Sleep = time.sleep) -> None:
        """Set up."""
        self._aws = aws
        self._report = report
        self._sleep = sleep

    def deploy(self, ready: Prepared) -> Stack:
        """Do what the plan says, and return the stack as it is then. Raises DeployError: why not, and what is."""
        wanted = ready.wanted
        if ready.plan.removes_remains and ready.before is not None:
            self._report.step(f"deleting what an earlier attempt has left of the stack {wanted.stack}")
            self.delete(ready.before)
        if not wanted.bucket.exists:
            self._report.step(f"making the bucket {wanted.bucket.name}")
            artifacts.make_bucket(self._aws, wanted.bucket)
        for one in ready.plan.uploads:
            self._report.step(f"uploading {one.what}, {len(one.content):,} bytes")
            artifacts.upload(self._aws, wanted.bucket, one)
        if ready.change_set is None or ready.before is None:
            return self._create(wanted)
        done = self._update(ready.before, ready.change_set, ready)
        if rest_stage.shows_what_is_gone(ready.plan.changes):
            self._report.step("deploying to the stage once more, without what is gone")
            rest_stage.deploy_again(self._aws, done)
        return done

    def delete(self, gone: Stack) -> None:
        """Delete a stack. Raises DeployError."""
        after = events.last_of(self._aws, gone.id)
        with in_plain_words():
            self._aws.cloudformation.delete_stack(StackName=gone.id)
        told = self._follow(gone.id, after)
        if told[-1].status != "DELETE_COMPLETE":
            raise DeployError(explanation.of_failure(gone.name, told[-1].status, told))

    def _create(self, wanted: Wanted) -> Stack:
        with in_plain_words():
            made = self._aws.cloudformation.create_stack(**arguments(self._aws, wanted), OnFailure="ROLLBACK")
        told = self._follow(made["StackId"], None, wanted.secrets)
        ended = self._found(made["StackId"])
        if ended.status == "CREATE_COMPLETE":
            return ended
        why = explanation.of_failure(wanted.stack, ended.status, told, wanted.secrets)
        if ended.status == "ROLLBACK_COMPLETE":
            # Nothing can be done with such a stack but this.
            self._report.step(f"deleting the empty stack {wanted.stack}")
            self.delete(ended)
        raise DeployError(why)

    def _update(self, before: Stack, change_set: ChangeSet, ready: Prepared) -> Stack:
        wanted = ready.wanted
        after = events.last_of(self._aws, before.id)
        change_set.execute()
        told = self._follow(before.id, after, wanted.secrets)
        ended = self._found(before.id)
        if ended.status == "UPDATE_COMPLETE":
            return ended
        why = explanation.of_failure(wanted.stack, ended.status, told, wanted.secrets)
        if ended.status == "UPDATE_ROLLBACK_COMPLETE" and rest_stage.was_taken_back(ready.plan.changes):
            self._report.step("deploying to the stage once more, as the API was before")
            try:
                rest_stage.deploy_again(self._aws, ended)
            except DeployError as error:
                why = f"{why} {error}"
        raise DeployError(why)

    def _follow(self, stack_id: str, after: str | None, secrets: Collection[str] = ()) -> list[Event]:
        self._report.started(stack_id)
        told = []
        for event in Following(self._aws, stack_id, after=after, sleep=self._sleep).events():
            safe = event._replace(reason=explanation.without(event.reason, secrets))
            told.append(safe)
            self._report.event(safe)
        return told

    def _found(self, stack_id: str) -> Stack:
        """Return the stack at rest. Its events may be ahead of what it says of itself."""
        while (found := stack.find(self._aws, stack_id)) is not None and found.is_changing:
            self._sleep(_PAUSE)
        if found is None:
            raise DeployError("the stack is gone: somebody has deleted it meanwhile; run this again")
        return found
