"""CloudFormation templates as they are written; RENEW_GOLDEN=1 in the environment writes the files anew."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal

import pytest

from apigw_oauth.deploy.blueprint import Backend
from apigw_oauth.deploy.templates import cloudformation
from tests.deploy.templates import cases
from tests.deploy.templates.cloudformation import cfn_reading

Scope = Literal["api", "authorizer"]
SCOPES: tuple[Scope, ...] = ("api", "authorizer")
ALL = [(name, scope) for name in cases.NAMES for scope in SCOPES]
LINTED = [one for one in ALL if one[1] == "api" or one[0] in {"httpapi", "websocket", "token"}]
"""Every API, and the authorizer alone of each kind of them: cfn-lint takes its time."""


@cache
def text(name: str, scope: Scope) -> str:
    return cloudformation.render(cases.blueprint(name, scope))


@pytest.mark.parametrize(("name", "scope"), ALL)
def test_the_template_is_what_it_was(name, scope):
    assert text(name, scope) == cases.golden(f"cloudformation/{name}-{scope}.yaml", text(name, scope))


def test_the_command_at_its_top_gives_every_parameter_that_has_to_be_given():
    head = text("dpop", "api").partition("\n\n")[0]
    command = " ".join(head.replace("\\", "").replace("#", "").split())
    assert command.endswith(
        "--parameter-overrides CodeBucket=... CodeKey=... FunctionsKey=... ClientId=... ApigwOauthDpopNonceSecret=..."
    )
    assert "--s3-bucket" not in command


def test_a_large_template_is_uploaded_by_the_command_at_its_top():
    blueprint = cases.blueprint("httpapi")
    backends = tuple(Backend(f"F{number}Backend", f"functions.f{number}") for number in range(60))
    assert (
        "--s3-bucket BUCKET" in cloudformation.render(blueprint._replace(backends=backends)).partition("\n\n")[0]
    )


@pytest.mark.parametrize(("name", "scope"), ALL)
def test_short_forms_mean_the_same_as_the_document(name, scope):
    assert cfn_reading.read(text(name, scope)) == cloudformation.document(cases.blueprint(name, scope))


@pytest.fixture(scope="module")
def lint() -> Callable[[str], list[str]]:
    """cfn-lint, whose rules take longer to load than a template to read."""
    import cfnlint.rules
    from cfnlint import api

    rules = cfnlint.rules.Rules.create_from_directory(str(Path(cfnlint.rules.__file__).parent))

    def found(template: str) -> list[str]:
        mistakes = api.lint(template, rules, config=api.ManualArgs(regions=["eu-west-1"]))
        return [f"{one.rule.id} {one.path}: {one.message}" for one in mistakes]

    return found


@pytest.mark.untraced
@pytest.mark.parametrize(("name", "scope"), LINTED)
def test_cfn_lint_finds_nothing(name, scope, lint):
    assert lint(text(name, scope)) == []


@pytest.mark.untraced
def test_cfn_lint_finds_what_is_wrong(lint):
    (mistake,) = lint(text("token", "authorizer").replace("${AuthorizerFunction.Arn}", "${Other.Arn}"))
    assert "'Other' is not one of" in mistake
