"""The plan: what a deployment would do, before it does anything."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal, NamedTuple

from apigw_oauth.deploy.shipping import resource_kinds
from apigw_oauth.deploy.shipping.artifacts import Artifact, Bucket
from apigw_oauth.deploy.shipping.parameters import Value

Action = Literal["create", "change", "perhaps replace", "replace", "delete", "keep"]

_REPLACEMENTS: Mapping[str, Action] = {"True": "replace", "Conditional": "perhaps replace"}
_LOSING = frozenset[Action]({"replace", "perhaps replace", "delete"})


class Change(NamedTuple):
    """What happens to one resource."""

    action: Action
    """`perhaps replace`: CloudFormation knows on the way; `keep`: it leaves the stack, and stays where it is."""
    resource: str
    """Its name in the template."""
    kind: str
    """For people, such as `Lambda function`."""
    type: str
    """For CloudFormation, such as `AWS::Lambda::Function`."""
    because: tuple[str, ...] = ()
    """The properties that change."""
    loses: str = ""
    """What is lost with it; empty if nobody notices."""


class Plan(NamedTuple):
    """Everything that a yes would do."""

    operation: Literal["create", "update", "delete", "nothing"]
    stack: str
    account: str
    region: str
    changes: tuple[Change, ...] = ()
    values: tuple[Value, ...] = ()
    bucket: Bucket | None = None
    uploads: tuple[Artifact, ...] = ()
    """What is not in the bucket yet."""
    removes_remains: bool = False
    """Whether a stack of that name, whose creation has failed, is deleted before."""


def of_template(document: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return what the creation of a stack does: it makes everything that is in the template."""
    return tuple(
        Change("create", name, resource_kinds.name_of(one["Type"]), one["Type"])
        for name, one in document["Resources"].items()
    )


def of_change_set(changes: Iterable[Mapping[str, Any]]) -> tuple[Change, ...]:
    """Return what CloudFormation says an update does. See ResourceChange in its API reference."""
    return tuple(_change(one["ResourceChange"]) for one in changes if one.get("Type", "Resource") == "Resource")


def of_deletion(resources: Iterable[Mapping[str, Any]], document: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return what the deletion of a stack does: to what it has, as far as its template does not retain it."""
    declared = document.get("Resources", {})
    return tuple(
        _deleted(one["LogicalResourceId"], one["ResourceType"], declared.get(one["LogicalResourceId"], {}))
        for one in resources
        if one.get("ResourceStatus") != "DELETE_COMPLETE"
    )


def _deleted(name: str, kind: str, declared: Mapping[str, Any]) -> Change:
    if str(declared.get("DeletionPolicy", "")).startswith("Retain"):
        return Change("keep", name, resource_kinds.name_of(kind), kind)
    return Change("delete", name, resource_kinds.name_of(kind), kind, loses=resource_kinds.lost_with(kind))


def _change(told: Mapping[str, Any]) -> Change:
    action = _action(told)
    kind = told["ResourceType"]
    lost = resource_kinds.lost_with(kind) if action in _LOSING else ""
    return Change(
        action,
        told["LogicalResourceId"],
        resource_kinds.name_of(kind),
        kind,
        because=tuple(_names(told.get("Details", []))),
        loses=lost,
    )


def _action(told: Mapping[str, Any]) -> Action:
    if told["Action"] == "Add":
        return "create"
    if told["Action"] == "Remove":
        return "keep" if str(told.get("PolicyAction", "")).startswith("Retain") else "delete"
    return _REPLACEMENTS.get(told.get("Replacement", "False"), "change")


def _names(details: Iterable[Mapping[str, Any]]) -> Collection[str]:
    targets = [one.get("Target", {}) for one in details]
    return dict.fromkeys(one.get("Name") or one.get("Attribute", "") for one in targets)
