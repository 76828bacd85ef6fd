"""A plan, for people: what happens to what, and what nobody can reach meanwhile."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from apigw_oauth.deploy.shipping.plan import Action, Change, Plan

_HEADINGS: Mapping[Action, str] = {
    "create": "To create",
    "change": "To change",
    "perhaps replace": "To change, or to replace if CloudFormation cannot change it",
    "replace": "To replace",
    "delete": "To delete",
    "keep": "To leave as it is, outside the stack",
}
_OPERATIONS = {
    "create": "would be created",
    "update": "would be changed",
    "delete": "would be deleted",
    "nothing": "is up to date",
}


def lines(plan: Plan, width: int) -> Iterator[str]:
    """Give the plan line by line; what is not a heading is indented."""
    yield f"The stack {plan.stack} {_OPERATIONS[plan.operation]}: {plan.region}, account {plan.account}"
    if plan.operation == "nothing":
        return
    if plan.removes_remains:
        yield from _wrapped("What an earlier attempt, which failed, has left of it is deleted first.", width)
    for action, heading in _HEADINGS.items():
        some = [one for one in plan.changes if one.action == action]
        if some:
            yield f"{heading}:"
            yield from _grouped(some, width)
    yield from _warnings(plan, width)
    yield from _settings(plan)


def _grouped(changes: Sequence[Change], width: int) -> Iterator[str]:
    """Give the names of each kind in one paragraph."""
    kinds: dict[str, list[str]] = {}
    for one in changes:
        kinds.setdefault(one.kind, []).append(_named(one))
    column = max(map(len, kinds)) + 4
    for kind, names in kinds.items():
        yield from textwrap.wrap(
            ", ".join(names),
            width,
            initial_indent=f"  {kind:<{column - 2}}",
            subsequent_indent=" " * column,
            break_long_words=False,
            break_on_hyphens=False,
        )


def _named(change: Change) -> str:
    return f"{change.resource} ({', '.join(change.because)})" if change.because else change.resource


def _warnings(plan: Plan, width: int) -> Iterator[str]:
    noted = [one for one in plan.changes if one.loses and one.action != "keep"]
    if noted:
        yield "Mind:"
    for one in noted:
        yield from _wrapped(f"{one.kind} {one.resource}: {one.loses}", width)


def _settings(plan: Plan) -> Iterator[str]:
    settable = [one for one in plan.values if one.source != "computed"]
    if settable:
        yield "Parameters:"
        column = max(len(one.name) for one in settable)
        for value in settable:
            where = " (from the environment)" if value.source == "environment" else ""
            yield f"  {value.name:<{column}}  {value.shown}{where}"
    if plan.bucket is not None:
        made = "" if plan.bucket.exists else ", which is made and closed to the public"
        yield f"To upload to the bucket {plan.bucket.name}{made}:"
        for one in plan.uploads:
            yield f"  {one.what}, {len(one.content):,} bytes"
        if not plan.uploads:
            yield "  nothing: the code is there"


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent="  ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
