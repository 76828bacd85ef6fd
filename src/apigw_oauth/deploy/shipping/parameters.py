"""The values of the template's parameters: given, found in the environment, or kept as they are."""

from collections.abc import Collection, Mapping
from typing import Any, Literal, NamedTuple

from apigw_oauth.deploy.blueprint import Parameter
from apigw_oauth.deploy.shipping.deploy_error import DeployError

Source = Literal["given", "environment", "as before", "computed", "default"]


class Value(NamedTuple):
    """The value of a parameter."""

    name: str
    value: str
    """Empty if it stays as it is, and if it is the template's default."""
    source: Source
    secret: bool

    @property
    def shown(self) -> str:
        """What people may see of it."""
        if self.source in {"as before", "default"}:
            return f"({self.source})"
        return "****" if self.secret else self.value


def values(
    declared: Mapping[str, Mapping[str, Any]],
    variables: Collection[Parameter],
    *,
    computed: Mapping[str, str],
    given: Mapping[str, str],
    environ: Mapping[str, str],
    before: Collection[str],
) -> tuple[Value, ...]:
    """Return a value for each parameter that the template declares.

    `given` go by the name of the parameter, or of the variable that it is for; `before` are the parameters that
    the stack has. Raises DeployError for a parameter without a value, and for a value without a parameter.
    """
    by_name = {one.name: one for one in variables}
    names = {one.variable: one.name for one in variables}
    ours = {names.get(name, name): value for name, value in given.items()}
    settable = [name for name in declared if name not in computed]
    for name in ours:
        if name not in settable:
            known = ", ".join(sorted(settable)) or "there are none"
            raise DeployError(f"--parameter {name}: the template has no such parameter to set; it has: {known}")
    found = []
    for name, declaration in declared.items():
        secret = str(declaration.get("NoEcho", "")).lower() == "true"
        if name in computed:
            found.append(Value(name, computed[name], "computed", secret))
        elif name in ours:
            found.append(Value(name, ours[name], "given", secret))
        else:
            found.append(_found(name, by_name.get(name), environ, declaration, before)._replace(secret=secret))
    return tuple(found)


def for_aws(values: Collection[Value]) -> list[dict[str, Any]]:
    """Return them as CloudFormation takes them."""
    return [
        {"ParameterKey": one.name, "UsePreviousValue": True}
        if one.source == "as before"
        else {"ParameterKey": one.name, "ParameterValue": one.value}
        for one in values
        if one.source != "default"
    ]


def _found(
    name: str,
    parameter: Parameter | None,
    environ: Mapping[str, str],
    declaration: Mapping[str, Any],
    before: Collection[str],
) -> Value:
    if parameter is not None and environ.get(parameter.variable):
        return Value(name, environ[parameter.variable], "environment", parameter.secret)
    if name in before:
        return Value(name, "", "as before", secret=False)
    if "Default" in declaration:
        return Value(name, "", "default", secret=False)
    if parameter is None:
        raise DeployError(f"the template asks for {name}; give it: --parameter {name}=VALUE")
    raise DeployError(
        f"the verifiers need the environment variable {parameter.variable}, which is not set here; set it, or give"
        f" --parameter {name}=VALUE"
    )
