"""AWS as far as it is asked: clients of boto3 that send nothing, and answer what a test has written down."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any, NamedTuple

import boto3
from botocore.stub import Stubber

from apigw_oauth.deploy.shipping.aws import Aws

STACK_ID = "arn:aws:cloudformation:eu-west-1:111122223333:stack/mydemo/1"


class FakeAws(NamedTuple):
    """An account, and what it will answer."""

    aws: Aws
    cloudformation: Stubber
    s3: Stubber

    def stack(self, status: str, **told: Any) -> None:
        """Answer the next question for the stack."""
        stack = {"StackName": "mydemo", "StackId": STACK_ID, "StackStatus": status, "CreationTime": 0, **told}
        self.cloudformation.add_response("describe_stacks", {"Stacks": [stack]})

    def events(self, *events: dict[str, Any]) -> None:
        """Answer the next question for events, the newest first."""
        self.cloudformation.add_response("describe_stack_events", {"StackEvents": list(events)})


@contextmanager
def fake_aws(*, region: str = "eu-west-1", endpoint_url: str | None = None) -> Iterator[FakeAws]:
    """Give one; in the end, everything that was written down must have been asked."""
    cloudformation, s3 = _client("cloudformation", region), _client("s3", region)
    with Stubber(cloudformation) as first, Stubber(s3) as second:
        aws = Aws("111122223333", region, "aws", endpoint_url, cloudformation, s3, partial(_client, region=region))
        yield FakeAws(aws, first, second)
        first.assert_no_pending_responses()
        second.assert_no_pending_responses()


@cache  # a client takes longer to make than most tests take
def _client(service: str, region: str) -> Any:
    return boto3.client(service, aws_access_key_id="k", aws_secret_access_key="s", region_name=region)


def event(number: int, resource: str, status: str, reason: str = "", **told: Any) -> dict[str, Any]:
    """One event; that of the stack itself if the resource is `mydemo`."""
    is_stack = resource == "mydemo"
    return {
        "StackId": STACK_ID,
        "EventId": str(number),
        "StackName": "mydemo",
        "LogicalResourceId": resource,
        "PhysicalResourceId": STACK_ID if is_stack else "",
        "ResourceType": "AWS::CloudFormation::Stack" if is_stack else "AWS::Lambda::Function",
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
        "Timestamp": 0,
        **told,
    }


def impatient(_seconds: float) -> None:
    """Do not wait."""
