"""The values of the template's parameters."""

from typing import Any

import pytest

from apigw_oauth.deploy.blueprint import Parameter
from apigw_oauth.deploy.shipping import parameters
from apigw_oauth.deploy.shipping.deploy_error import DeployError
from apigw_oauth.deploy.shipping.parameters import Value

VARIABLES = (Parameter("MySecret", "MY_SECRET", secret=True, description=""),)
DECLARED: dict[str, dict[str, Any]] = {
    "CodeKey": {"Type": "String"},
    "ReservedConcurrency": {"Type": "Number", "Default": -1},
    "MySecret": {"Type": "String", "NoEcho": True},
}


def found(
    given: dict[str, str] | None = None, environ: dict[str, str] | None = None, before: tuple[str, ...] = ()
) -> dict[str, Value]:
    values = parameters.values(
        DECLARED,
        VARIABLES,
        computed={"CodeKey": "k"},
        given=given or {},
        environ=environ or {},
        before=before,
    )
    return {one.name: one for one in values}


def test_a_variable_of_the_environment_is_taken_and_not_shown():
    value = found(environ={"MY_SECRET": "s3cret"})["MySecret"]
    assert value == Value("MySecret", "s3cret", "environment", secret=True)
    assert value.shown == "****"


@pytest.mark.parametrize("name", ["MySecret", "MY_SECRET"])
def test_what_is_given_goes_before_by_either_name(name: str):
    value = found(given={name: "given"}, environ={"MY_SECRET": "s3cret"})["MySecret"]
    assert (value.value, value.source) == ("given", "given")


def test_what_the_stack_has_stays():
    values = found(before=("MySecret", "ReservedConcurrency"))
    assert {one.shown for name, one in values.items() if name != "CodeKey"} == {"(as before)"}
    assert {"ParameterKey": "MySecret", "UsePreviousValue": True} in parameters.for_aws(values.values())


def test_a_default_is_left_to_the_template():
    values = found(environ={"MY_SECRET": "s"})
    assert values["ReservedConcurrency"].shown == "(default)"
    assert parameters.for_aws(values.values()) == [
        {"ParameterKey": "CodeKey", "ParameterValue": "k"},
        {"ParameterKey": "MySecret", "ParameterValue": "s"},
    ]


def test_a_variable_that_is_not_set_is_named():
    with pytest.raises(DeployError) as told:
        found()
    assert str(told.value) == (
        "the verifiers need the environment variable MY_SECRET, which is not set here; set it, or give"
        " --parameter MySecret=VALUE"
    )


def test_any_other_parameter_without_a_value_is_asked_for():
    with pytest.raises(DeployError) as told:
        parameters.values({"ApiId": {}}, (), computed={}, given={}, environ={}, before=())
    assert str(told.value) == "the template asks for ApiId; give it: --parameter ApiId=VALUE"


@pytest.mark.parametrize("name", ["Nothing", "CodeKey"])
def test_a_value_without_a_parameter_is_refused(name: str):
    with pytest.raises(DeployError) as told:
        found(given={name: "x"})
    assert str(told.value) == (
        f"--parameter {name}: the template has no such parameter to set; it has: MySecret, ReservedConcurrency"
    )
