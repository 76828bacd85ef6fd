"""What is to be deployed, and the plan for it. Nothing is made before somebody has said yes to it."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

from apigw_oauth.deploy.shipping import artifacts, parameters, plan, stack
from apigw_oauth.deploy.shipping.artifacts import Artifact, Bucket
from apigw_oauth.deploy.shipping.aws import Aws
from apigw_oauth.deploy.shipping.aws_errors import in_plain_words
from apigw_oauth.deploy.shipping.change_set import ChangeSet
from apigw_oauth.deploy.shipping.deploy_error import DeployError
from apigw_oauth.deploy.shipping.events import Sleep
from apigw_oauth.deploy.shipping.parameters import Value
from apigw_oauth.deploy.shipping.plan import Change, Plan
from apigw_oauth.deploy.shipping.stack import Stack

_INLINE_LIMIT = 51_200
"""Bytes of a template that a request may have in it. See "CloudFormation quotas" in its guide."""


class Wanted(NamedTuple):
    """What is to be deployed, and where."""

    stack: str
    project: str
    """Its name, by which its stack is known again."""
    template: Mapping[str, Any]
    values: tuple[Value, ...]
    bucket: Bucket
    code: tuple[Artifact, ...]

    @property
    def secrets(self) -> list[str]:
        """What must not be read in anything that is printed."""
        return [one.value for one in self.values if one.secret and one.value]

    @property
    def large_template(self) -> Artifact | None:
        """The template, if it has to be uploaded."""
        text = _text(self.template).encode()
        if len(text) <= _INLINE_LIMIT:
            return None
        return artifacts.artifact(text, what="the template", name="template.json", stack=self.stack)


class Prepared(NamedTuple):
    """A plan, and what is there to carry it out."""

    plan: Plan
    wanted: Wanted
    before: Stack | None
    """The stack that is there."""
    change_set: ChangeSet | None
    """None where a stack is created: then the plan is the whole template."""


@contextmanager
def prepared(aws: Aws, wanted: Wanted, before: Stack | None, *, sleep: Sleep = time.sleep) -> Iterator[Prepared]:
    """Work out what a deployment would do; an update's change set is gone afterwards. Raises DeployError."""
    if before is None or before.never_worked:
        made = _plan(aws, wanted, "create", plan.of_template(wanted.template))
        yield Prepared(made._replace(removes_remains=before is not None), wanted, before, None)
        return
    _upload_template(aws, wanted)
    change_set = ChangeSet(aws, arguments(aws, wanted), sleep=sleep)
    try:
        changes = plan.of_change_set(change_set.changes())
        yield Prepared(_plan(aws, wanted, "update" if changes else "nothing", changes), wanted, before, change_set)
    finally:
        change_set.delete()


def for_deletion(aws: Aws, gone: Stack) -> Plan:
    """Return what the deletion of a stack does. Raises DeployError."""
    with in_plain_words():
        pages = aws.cloudformation.get_paginator("list_stack_resources").paginate(StackName=gone.id)
        resources = [one for page in pages for one in page["StackResourceSummaries"]]
        template = aws.cloudformation.get_template(StackName=gone.id, TemplateStage="Processed")["TemplateBody"]
    changes = plan.of_deletion(resources, template if isinstance(template, Mapping) else {})
    return Plan("delete", gone.name, aws.account, aws.region, changes)


def arguments(aws: Aws, wanted: Wanted) -> dict[str, Any]:
    """Return what CloudFormation is told of a stack, new or changed."""
    large = wanted.large_template
    return {
        "StackName": wanted.stack,
        **(
            {"TemplateBody": _text(wanted.template)}
            if large is None
            else {"TemplateURL": artifacts.url(aws, wanted.bucket, large)}
        ),
        "Parameters": parameters.for_aws(wanted.values),
        "Capabilities": ["CAPABILITY_IAM"],
        "Tags": [{"Key": stack.TAG, "Value": wanted.project}],
    }


def _plan(
    aws: Aws, wanted: Wanted, operation: Literal["create", "update", "nothing"], changes: tuple[Change, ...]
) -> Plan:
    large = wanted.large_template
    uploads = [*wanted.code, *([] if large is None else [large])]
    missing = tuple(one for one in uploads if not artifacts.is_there(aws, wanted.bucket, one))
    return Plan(
        operation,
        wanted.stack,
        aws.account,
        aws.region,
        changes,
        values=wanted.values,
        bucket=wanted.bucket,
        uploads=() if operation == "nothing" else missing,
    )


def _upload_template(aws: Aws, wanted: Wanted) -> None:
    """Upload a template that is too large for a request: without it, CloudFormation cannot say what changes."""
    large = wanted.large_template
    if large is None or artifacts.is_there(aws, wanted.bucket, large):
        return
    if not wanted.bucket.exists:
        raise DeployError(
            f"the template is larger than {_INLINE_LIMIT:,} bytes, so that it has to be in a bucket before"
            f" CloudFormation can say what changes, and there is no bucket {wanted.bucket.name}; name one with"
            " --bucket"
        )
    artifacts.upload(aws, wanted.bucket, large)


def _text(template: Mapping[str, Any]) -> str:
    return json.dumps(template, separators=(",", ":"))
