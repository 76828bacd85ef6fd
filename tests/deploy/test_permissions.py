"""What the role of a deployed authorizer allows."""

import pytest

from apigw_oauth.deploy.permissions import statements
from apigw_oauth.project.references import Reference


def reference(text: str) -> Reference:
    kind, _, name = text.partition(":")
    return Reference("verifiers[0].client_secret", kind, name, secret=True)  # type: ignore[arg-type]  # kind is one


@pytest.mark.parametrize(
    ("text", "resource"),
    [
        (
            "ssm:/prod/as/secret",
            "arn:{deployed.partition}:ssm:{deployed.region}:{deployed.account}:parameter/prod/as/secret",
        ),
        ("ssm:secret", "arn:{deployed.partition}:ssm:{deployed.region}:{deployed.account}:parameter/secret"),
        (
            "ssm:/prod/secret:3",
            "arn:{deployed.partition}:ssm:{deployed.region}:{deployed.account}:parameter/prod/secret",
        ),
        ("ssm:arn:aws:ssm:eu-west-1:1:parameter/a", "arn:aws:ssm:eu-west-1:1:parameter/a"),
        ("ssm:arn:aws:ssm:eu-west-1:1:parameter/a/b:3", "arn:aws:ssm:eu-west-1:1:parameter/a/b"),
        (
            "secretsmanager:prod/as#secret",
            "arn:{deployed.partition}:secretsmanager:{deployed.region}:{deployed.account}:secret:prod/as-??????",
        ),
        (
            "secretsmanager:as",
            "arn:{deployed.partition}:secretsmanager:{deployed.region}:{deployed.account}:secret:as-??????",
        ),
        (
            "secretsmanager:arn:aws:secretsmanager:eu-west-1:1:secret:as-AbCdEf#secret",
            "arn:aws:secretsmanager:eu-west-1:1:secret:as-AbCdEf",
        ),
        (
            "secretsmanager:arn:aws:secretsmanager:eu-west-1:1:secret:prod/as#secret",
            "arn:aws:secretsmanager:eu-west-1:1:secret:prod/as-??????",
        ),
    ],
)
def test_a_secret_that_is_named_may_be_read_and_no_other(text, resource):
    (statement,) = statements([reference(text)])
    assert statement.resources == (resource,)


def test_what_is_no_secret_of_aws_needs_no_permission():
    assert statements([reference("env:SECRET"), reference("file:secret.txt")]) == ()


def test_two_keys_of_one_secret_are_one_resource():
    (statement,) = statements([reference("secretsmanager:as#id"), reference("secretsmanager:as#secret")])
    assert statement.actions == ("secretsmanager:GetSecretValue",)
    assert len(statement.resources) == 1
