"""What `deploy` shows while it works: lines for people, or a JSON document a line."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape

from apigw_oauth.cli.deploying import plan_text
from apigw_oauth.cli.text_width import text_width
from apigw_oauth.deploy.shipping.events import Event
from apigw_oauth.deploy.shipping.plan import Plan

_WORDS = {
    "CREATE_COMPLETE": ("green", "created"),
    "UPDATE_COMPLETE": ("green", "changed"),
    "DELETE_COMPLETE": ("green", "deleted"),
    "DELETE_SKIPPED": ("green", "left"),
    "ROLLBACK_IN_PROGRESS": ("red", "is taken back"),
    "UPDATE_ROLLBACK_IN_PROGRESS": ("red", "is taken back"),
    "ROLLBACK_COMPLETE": ("yellow", "was taken back"),
    "UPDATE_ROLLBACK_COMPLETE": ("yellow", "was taken back"),
}


class JsonDisplay:
    """One JSON document a line on standard output; what is for people goes to standard error."""

    begun = False

    def plan(self, plan: Plan) -> None:
        """Print the plan."""
        self._print("plan", **as_json(plan))

    def step(self, text: str) -> None:
        """Print what begins."""
        self._print("step", text=text)

    def started(self, stack_id: str) -> None:
        """Print which stack it is."""
        self.begun = True
        self._print("started", stack_id=stack_id)

    def event(self, event: Event) -> None:
        """Print what CloudFormation did."""
        told = event._asdict()
        del told["is_stack"]
        self._print("stack" if event.is_stack else "resource", **told)

    def ended(self) -> None:
        """Say nothing: the last document does."""

    def done(self, document: Mapping[str, Any], _text: Sequence[str]) -> None:
        """Print the last document."""
        typer.echo(json.dumps(document))

    def notice(self, text: str) -> None:
        """Print something that somebody should know."""
        typer.echo(text, err=True)

    def _print(self, event: str, **told: Any) -> None:
        typer.echo(json.dumps({"event": event, **told}))


class ConsoleDisplay:
    """For people. Colours, and what is under way, only on a terminal."""

    def __init__(self) -> None:
        """Set up."""
        self.begun = False
        self._out = Console(highlight=False, soft_wrap=True)
        self._status = self._out.status("")

    def plan(self, plan: Plan) -> None:
        """Print the plan."""
        for line in plan_text.lines(plan, text_width()):
            style = "" if line.startswith(" ") else "bold"
            self._out.print(f"[{style}]{escape(line)}[/]" if style else escape(line))
        self._out.print()

    def step(self, text: str) -> None:
        """Print what begins."""
        self._out.print(f"[dim]{escape(text)}[/]")

    def started(self, _stack_id: str) -> None:
        """Take note."""
        self.begun = True

    def event(self, event: Event) -> None:
        """Print what CloudFormation has done; what it does just now shows on a terminal alone."""
        failed = event.status.endswith("_FAILED")
        colour, word = ("red", "failed") if failed else _WORDS.get(event.status, ("", ""))
        if word and not (event.is_stack and event.status.endswith("_CLEANUP_IN_PROGRESS")):
            reason = f": {event.reason}" if event.reason and failed else ""
            self._out.print(f"  [{colour}]{word:<14}[/] {escape(f'{event.kind} {event.resource}{reason}')}")
        if self._out.is_terminal and not event.is_last:
            self._status.update(escape(f"{event.kind} {event.resource} …"))
            self._status.start()

    def ended(self) -> None:
        """Show no longer what is under way."""
        self._status.stop()

    def done(self, _document: Mapping[str, Any], text: Sequence[str]) -> None:
        """Print how it ended, and what to do next."""
        for line in text:
            self._out.print(line, markup=False)

    def notice(self, text: str) -> None:
        """Print something that somebody should know."""
        Console(highlight=False, soft_wrap=True, stderr=True).print(f"[yellow]{escape(text)}[/]")


def as_json(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain data. No secret is in it."""
    return {
        "operation": plan.operation,
        "stack": plan.stack,
        "account": plan.account,
        "region": plan.region,
        "changes": [one._asdict() for one in plan.changes],
        "parameters": [{"name": one.name, "value": one.shown, "source": one.source} for one in plan.values],
        "bucket": None if plan.bucket is None else {"name": plan.bucket.name, "made": not plan.bucket.exists},
        "uploads": [{"what": one.what, "key": one.key, "bytes": len(one.content)} for one in plan.uploads],
        "removes_remains": plan.removes_remains,
    }
