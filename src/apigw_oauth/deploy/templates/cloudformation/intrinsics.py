"""CloudFormation's intrinsic functions, as plain data, and texts whose placeholders become such."""

from typing import Any

Resources = dict[str, dict[str, Any]]
"""Resources by logical id."""

_KNOWN = {
    "{deployed.partition}": "${AWS::Partition}",
    "{deployed.region}": "${AWS::Region}",
    "{deployed.account}": "${AWS::AccountId}",
    "{deployed.api}": "${Api}",
}


def ref(name: str) -> dict[str, Any]:
    """Return the value of a parameter, or the id of a resource."""
    return {"Ref": name}


def attribute(name: str, of_it: str) -> dict[str, Any]:
    """Return an attribute of a resource."""
    return {"Fn::GetAtt": [name, of_it]}


def sub(text: str) -> dict[str, Any]:
    """Return a text in which `${Name}` stands for a value."""
    return {"Fn::Sub": text}


def chosen(condition: str, then: Any, otherwise: Any) -> dict[str, Any]:
    """Return one of two values."""
    return {"Fn::If": [condition, then, otherwise]}


def filled(text: str, base_url: str) -> str | dict[str, Any]:
    """Fill the placeholders of a blueprint's text; `base_url` is written as for `sub`.

    Whatever else looks like a variable of Fn::Sub stays what it is.
    """
    values = {name: value for name, value in {"{deployed.base_url}": base_url, **_KNOWN}.items() if name in text}
    has_variables = any("${" in value for value in values.values())
    made = text.replace("${", "${!") if has_variables else text
    for name, value in values.items():
        made = made.replace(name, value)
    return sub(made) if has_variables else made


def resource(kind: str, properties: dict[str, Any], *, depends_on: list[str] | None = None) -> dict[str, Any]:
    """Return one resource; properties that are None are left out."""
    made: dict[str, Any] = {"Type": kind}
    if depends_on:
        made["DependsOn"] = depends_on
    made["Properties"] = {name: value for name, value in properties.items() if value is not None}
    return made
