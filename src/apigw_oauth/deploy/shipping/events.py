"""What CloudFormation tells while it changes a stack, event by event."""

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from apigw_oauth.deploy.shipping import resource_kinds
from apigw_oauth.deploy.shipping.aws import Aws
from apigw_oauth.deploy.shipping.aws_errors import in_plain_words

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 2.0
"""Seconds between two questions; CloudFormation takes some twenty for a function."""

_GIVEN_UP = ("Resource creation cancelled", "Resource update cancelled", "Resource deletion cancelled")

Sleep = Callable[[float], None]


class Event(NamedTuple):
    """Something happened to a resource, or to the stack."""

    resource: str
    """Its name in the template; that of the stack."""
    kind: str
    """For people."""
    status: str
    """CloudFormation's, such as `CREATE_COMPLETE`."""
    reason: str
    is_stack: bool

    @property
    def failed(self) -> bool:
        """Whether something went wrong with it, and it was not just given up because something else did."""
        return self.status.endswith("_FAILED") and not self.reason.startswith(_GIVEN_UP)

    @property
    def is_last(self) -> bool:
        """Whether the stack is at rest with it."""
        return self.is_stack and not self.status.endswith("_IN_PROGRESS")


class Following:
    """Follows the events of a stack, until what goes on has ended."""

    def __init__(self, aws: Aws, stack_id: str, *, after: str | None = None, sleep: Sleep = time.sleep) -> None:
        """Begin after an event, by its ID; None: with the first one of the stack."""
        self._aws = aws
        self._id = stack_id
        self._last = after
        self._sleep = sleep

    def events(self) -> Iterator[Event]:
        """Give each event, the oldest first, until the stack is at rest. Raises DeployError.

        Events say when that is: just after something began, the stack itself may still have its old state.
        """
        pause = _FIRST_PAUSE
        while True:
            for event in self._new():
                yield event
                if event.is_last:
                    return
            self._sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _new(self) -> list[Event]:
        found: list[dict[str, Any]] = []
        with in_plain_words():
            pages = self._aws.cloudformation.get_paginator("describe_stack_events").paginate(StackName=self._id)
            for one in (event for page in pages for event in page["StackEvents"]):
                if one["EventId"] == self._last:
                    break
                found.append(one)
        if found:
            self._last = found[0]["EventId"]
        return [self._event(one) for one in reversed(found)]

    def _event(self, told: dict[str, Any]) -> Event:
        return Event(
            resource=told["LogicalResourceId"],
            kind=resource_kinds.name_of(told["ResourceType"]),
            status=told["ResourceStatus"],
            reason=told.get("ResourceStatusReason", ""),
            is_stack=told.get("PhysicalResourceId") == self._id,
        )


def last_of(aws: Aws, stack_id: str) -> str | None:
    """Return the ID of the last event that there is. Raises DeployError."""
    with in_plain_words():
        page = aws.cloudformation.describe_stack_events(StackName=stack_id)["StackEvents"]
    return str(page[0]["EventId"]) if page else None
