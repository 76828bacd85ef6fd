"""From a project to a stack, and from a stack to nothing, with somebody's yes in between."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

import typer

from apigw_oauth.cli.deploying import next_steps
from apigw_oauth.cli.deploying.code import Code, build_code
from apigw_oauth.cli.deploying.order import Order
from apigw_oauth.cli.options import WrongUsageError
from apigw_oauth.deploy.draft import draft
from apigw_oauth.deploy.shipping import artifacts, parameters, rest_stage, stack
from apigw_oauth.deploy.shipping.apply import Deployer, Reporter
from apigw_oauth.deploy.shipping.aws import Aws, connect
from apigw_oauth.deploy.shipping.plan import Plan
from apigw_oauth.deploy.shipping.prepare import Prepared, Wanted, for_deletion, prepared
from apigw_oauth.deploy.shipping.stack import Stack
from apigw_oauth.deploy.templates import cloudformation

_GOES_ON = """
What CloudFormation has begun goes on without this.
  to look:               aws cloudformation describe-stack-events --stack-name {0}
  to take an update back: aws cloudformation cancel-update-stack --stack-name {0}
Once that has ended, run this again."""
_STILL_SERVED = """
What is gone is still served until this, once that has ended:
  {0}"""


class Display(Reporter, Protocol):
    """Shows what happens."""

    begun: bool
    """Whether CloudFormation has begun."""

    def plan(self, plan: Plan) -> None:
        """Show a plan."""

    def done(self, document: Mapping[str, Any], text: list[str]) -> None:
        """Show how it ended."""

    def notice(self, text: str) -> None:
        """Show something that somebody should know."""

    def ended(self) -> None:
        """Show no longer what is under way."""


def ship(order: Order, display: Display) -> None:
    """Deploy a project. Raises DeployError, PackageError, SettingsError, WrongUsageError."""
    aws = _connected(order)
    before = _stack_of(order, aws)
    if before is not None and not before.never_worked:
        stack.refuse_bad_state(before)
        refuse_another_scope(order, before)
    with prepared(aws, _wanted(order, aws, before, display), before) as ready:
        display.plan(ready.plan)
        if ready.plan.operation == "nothing" and before is not None:
            _tell(order, aws, before, display, event="unchanged")
            return
        _require_yes(order, "Deploy this?")
        with going_on(order, display, afterwards=_by_hand(ready)):
            now = Deployer(aws, display).deploy(ready)
    _tell(order, aws, now, display, event="deployed")


def remove(order: Order, display: Display) -> None:
    """Delete a project's stack. Raises DeployError, WrongUsageError."""
    aws = _connected(order)
    gone = _stack_of(order, aws)
    if gone is None:
        told = f"There is no stack {order.stack} in {aws.region}, account {aws.account}: nothing to delete."
        display.done({"event": "deleted", "stack": order.stack, "existed": False}, [told])
        return
    stack.refuse_while_changing(gone)
    display.plan(for_deletion(aws, gone))
    _require_yes(order, "Delete this?")
    with going_on(order, display):
        Deployer(aws, display).delete(gone)
    bucket = gone.parameters.get("CodeBucket", "")
    kept = [f"The code that was uploaded stays in the bucket {bucket}."] if bucket else []
    document = {"event": "deleted", "stack": order.stack, "existed": True, "bucket": bucket or None}
    display.done(document, [f"The stack {order.stack} is gone.", *kept])


def _connected(order: Order) -> Aws:
    return connect(profile=order.profile, region=order.region, endpoint_url=order.endpoint_url)


def _stack_of(order: Order, aws: Aws) -> Stack | None:
    found = stack.find(aws, order.stack)
    if found is not None:
        stack.refuse_of_others(found, order.name)
    return found


def refuse_another_scope(order: Order, before: Stack) -> None:
    """Raise WrongUsageError if an API would be deleted, or made, only because an option was forgotten."""
    has_authorizer_only = "ApiId" in before.parameters
    if has_authorizer_only == order.authorizer_only:
        return
    there = "the authorizer alone: add" if has_authorizer_only else "the whole API: leave out"
    raise WrongUsageError(
        f"the stack {before.name} has {there} --authorizer-only, or name another one with --stack"
    )


def _wanted(order: Order, aws: Aws, before: Stack | None, display: Display) -> Wanted:
    """Build the code, and say what is to become of it."""
    blueprint = draft(order.project, target=order.target, scope="authorizer" if order.authorizer_only else "api")
    template = cloudformation.document(blueprint)
    bucket = artifacts.find_bucket(aws, order.bucket)
    code = build_code(
        order.project,
        target=order.target,
        wheels=order.wheels,
        allow_loopback=aws.is_here,
        whole_api=not order.authorizer_only,
        progress=display.step,
    )
    for warning in code.warnings:
        display.notice(f"warning: {warning}")
    uploads = _artifacts(order, code)
    computed = {"CodeBucket": bucket.name, **{key: one.key for key, one in uploads.items()}}
    values = parameters.values(
        template["Parameters"],
        blueprint.parameters,
        computed={name: value for name, value in computed.items() if name in template["Parameters"]},
        given=order.parameters,
        environ=os.environ,
        before=() if before is None or before.never_worked else tuple(before.parameters),
    )
    return Wanted(order.stack, order.name, template, values, bucket, tuple(uploads.values()))


def _artifacts(order: Order, code: Code) -> dict[str, artifacts.Artifact]:
    """Return what is uploaded, by the parameter that names it."""
    found = {
        "CodeKey": artifacts.artifact(
            code.authorizer, what="the authorizer", name="authorizer.zip", stack=order.stack
        )
    }
    if code.functions is not None:
        found["FunctionsKey"] = artifacts.artifact(
            code.functions, what="the functions behind the API", name="functions.zip", stack=order.stack
        )
    return found


def _require_yes(order: Order, question: str) -> None:
    if order.agreed:
        return
    if not sys.stdin.isatty():
        raise WrongUsageError("nothing was done: nobody is at the terminal to say yes; run it with --yes")
    try:
        agreed = typer.confirm(question, err=order.as_json)
    except typer.Abort:  # Ctrl-D
        typer.echo(err=order.as_json)
        agreed = False
    if not agreed:
        typer.echo("Nothing was done.", err=order.as_json)
        raise typer.Exit(1)


def _by_hand(ready: Prepared) -> str | None:
    """Return the command without which the stage would go on serving what is gone; None if nothing is."""
    if ready.before is None or not rest_stage.shows_what_is_gone(ready.plan.changes):
        return None
    return rest_stage.command(ready.before)


@contextmanager
def going_on(order: Order, display: Display, *, afterwards: str | None = None) -> Iterator[None]:
    """Say, when somebody presses Ctrl-C, that what CloudFormation has begun goes on without this process.

    `afterwards` is the command for what this process would have done then.
    """
    try:
        yield
    except BaseException as error:
        display.ended()
        if display.begun and not isinstance(error, Exception):
            display.notice(_GOES_ON.format(order.stack))
            if afterwards is not None:
                display.notice(_STILL_SERVED.format(afterwards))
        raise
    display.ended()


def _tell(order: Order, aws: Aws, now: Stack, display: Display, *, event: str) -> None:
    """Tell where the API is, and how to try it."""
    document: dict[str, Any] = {
        "event": event,
        "stack": now.name,
        "stack_id": now.id,
        "outputs": dict(now.outputs),
    }
    heading = "Nothing to do." if event == "unchanged" else f"The stack {now.name} is there."
    if order.authorizer_only:
        display.done(document, [heading, "", *next_steps.to_attach(now, order.project)])
        return
    address = next_steps.url(now, aws, order.project)
    document["url"] = address
    document["requests"] = [one._asdict() for one in next_steps.requests(order.project, address)]
    target = now.outputs.get("DomainTarget")
    display.done(document, [heading, "", *next_steps.text(order.project, address, domain_target=target)])
