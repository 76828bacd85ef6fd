"""The settings in the package and the variables in the template: together they have to start the authorizer."""

import json
from typing import Any, Literal

import pytest

from apigw_oauth.authorizer.lambda_handler import make_handler
from tests.deploy.templates import cases
from tests.deploy.templates.cloudformation import cfn_reading
from tests.deploy.templates.cloudformation.documents import PSEUDO, of_kind, template


class Secrets:
    """What AWS keeps."""

    def read(self, source: object, *, when: str) -> str:
        return json.dumps({"secret": "s", "api_secret": "s"})


def variables(name: str, scope: Literal["api", "authorizer"]) -> dict[str, str]:
    """Those of the function, as CloudFormation fills them in; parameters are long enough for a secret."""
    function = of_kind(template(name, scope), "Lambda::Function")["AuthorizerFunction"]
    given: dict[str, Any] = function["Environment"]["Variables"]
    return {
        name: "x" * 40 if isinstance(value, dict) and "Ref" in value else cfn_reading.substituted(value, PSEUDO)
        for name, value in given.items()
    }


@pytest.mark.parametrize("scope", ["api", "authorizer"])
@pytest.mark.parametrize("name", cases.NAMES)
def test_the_function_of_a_template_starts(name: str, scope: Literal["api", "authorizer"]):
    environ = {**variables(name, scope), "AWS_LAMBDA_FUNCTION_NAME": "mine-authorizer"}
    lines: list[str] = []
    make_handler(cases.project(name).authorizer_settings(), environ=environ, secrets=Secrets(), write=lines.append)
    assert [line for line in map(json.loads, lines) if line.get("level", "info") != "info"] == []
