"""Whatever keeps a project from being deployed ends in one clear message, and exit status 2."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.shipping.command import Ran, deploy
from tests.ministack import Ministack

SOMETHING = {"Topic": {"Type": "AWS::SNS::Topic"}}
KEY = {"AUTHLETE_API_KEY": "k"}


def refusal(done: Ran) -> str:
    """The one message about what is wrong."""
    assert (done.status, done.stdout) == (2, ""), done
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()[-1]


@pytest.fixture
def aws(ministack: Ministack) -> Mapping[str, str]:
    return {**ministack.environ, **KEY}


@pytest.fixture(scope="module")
def stacks(ministack: Ministack) -> Iterator[Any]:
    client = ministack.client("cloudformation")
    yield client
    for name in ("taken", "of-others", "in-review"):
        client.delete_stack(StackName=name)


def tagged(project: str) -> list[dict[str, str]]:
    return [{"Key": "apigw-oauth", "Value": project}]


def template(resources: Mapping[str, Any]) -> str:
    return json.dumps({"Resources": resources})


def test_without_credentials(project: Path):
    environ = {"AWS_DEFAULT_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true"}
    assert refusal(deploy(project, environ=environ)) == (
        "error: there are no AWS credentials; log in (aws sso login, or aws configure), or set AWS_PROFILE or"
        " --profile"
    )


def test_without_a_region(project: Path):
    assert refusal(deploy(project, environ={})) == (
        "error: there is no region; name one with --region, [deploy] region, or AWS_DEFAULT_REGION"
    )


def test_with_a_profile_that_is_not_there(project: Path):
    assert refusal(deploy(project, "--profile", "nobody", environ={"AWS_DEFAULT_REGION": "eu-west-1"})) == (
        "error: there is no AWS profile nobody; `aws configure list-profiles` lists them"
    )


def test_where_nobody_listens(project: Path):
    environ = {
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "k",
        "AWS_SECRET_ACCESS_KEY": "s",
        "AWS_MAX_ATTEMPTS": "1",
    }
    assert refusal(deploy(project, "--endpoint-url", "http://127.0.0.1:9", environ=environ)) == (
        "error: http://127.0.0.1:9/ does not answer; check the network, the region and --endpoint-url"
    )


def test_with_an_address_that_is_none(project: Path):
    environ = {"AWS_DEFAULT_REGION": "eu-west-1"}
    assert refusal(deploy(project, "--endpoint-url", "nowhere", environ=environ)) == (
        "error: Invalid endpoint: nowhere; --endpoint-url is like http://127.0.0.1:4566"
    )


def test_a_bucket_that_is_missing(project: Path, aws: Mapping[str, str]):
    assert refusal(deploy(project, "--bucket", "not-there-at-all", environ=aws)) == (
        "error: there is no bucket not-there-at-all; make it (aws s3 mb s3://not-there-at-all --region eu-west-1),"
        " or leave --bucket and [deploy] bucket away, and one is made"
    )


def test_a_name_that_is_taken(project: Path, aws: Mapping[str, str], stacks: Any):
    stacks.create_stack(StackName="taken", TemplateBody=template(SOMETHING))
    message = (
        "error: the stack taken is there, and was not made by apigw-oauth (it has no tag apigw-oauth); name another"
        " one with --stack or [deploy] stack"
    )
    assert refusal(deploy(project, "--stack", "taken", environ=aws)) == message
    assert refusal(deploy(project, "--stack", "taken", "--delete", "--yes", environ=aws)) == message


def test_the_stack_of_another_project(project: Path, aws: Mapping[str, str], stacks: Any):
    stacks.create_stack(StackName="of-others", TemplateBody=template(SOMETHING), Tags=tagged("pets"))
    assert refusal(deploy(project, "--stack", "of-others", environ=aws)) == (
        "error: the stack of-others is that of another project, pets, and this one is mydemo; name another one with"
        " --stack or [deploy] stack, or give the API its name back ([api] name)"
    )


def test_a_stack_that_somebody_reviews(project: Path, aws: Mapping[str, str], stacks: Any):
    stacks.create_change_set(
        StackName="in-review",
        ChangeSetName="theirs",
        ChangeSetType="CREATE",
        TemplateBody=template(SOMETHING),
        Tags=tagged("mydemo"),
    )
    assert refusal(deploy(project, "--stack", "in-review", environ=aws)) == (
        "error: the stack in-review is in the state REVIEW_IN_PROGRESS: somebody has made a change set for it, and"
        " not executed it; execute it, or delete the stack (aws cloudformation delete-stack --stack-name in-review)"
    )


def test_a_variable_that_is_not_set(project: Path, ministack: Ministack):
    environ = {**ministack.environ, "AUTHLETE_API_KEY": ""}
    done = deploy(project, "--stack", "new-one", environ=environ)
    assert done.status == 2
    assert done.stderr.splitlines()[-1] == (
        "error: the verifiers need the environment variable AUTHLETE_API_KEY, which is not set here; set it, or give"
        " --parameter AuthleteApiKey=VALUE"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--parameter", "x"], "--parameter: is like NAME=VALUE"),
        (["--parameter", "x="], "--parameter x: is empty; no parameter of the template may be"),
        (["--authorizer-only"], "--authorizer-only: which API is it for? Name it with --api-id"),
        (["--api-id", "x"], "--api-id: goes with --authorizer-only; without it, the API is made"),
        (["--stack", "my demo"], "--stack: must begin with a letter, and have letters, digits and - alone"),
        (["--arch", "mips"], "--arch: mips is not a processor of Lambda; name one of arm64, x86_64"),
    ],
    ids=["parameter", "empty", "no-api", "api", "stack", "arch"],
)
def test_options_that_cannot_be(project: Path, options: list[str], message: str):
    assert refusal(deploy(project, *options, environ={})) == f"error: {message}"


def test_a_project_with_errors(project: Path):
    file = project / "apigw-oauth.toml"
    file.write_text(file.read_text().replace("secretsmanager:mydemo/authlete#api_secret", "c4a21f7e0b"))
    done = deploy(project, environ={})
    assert (done.status, done.stdout) == (2, "")
    assert done.stderr.startswith(
        "error: nothing is deployed: `apigw-oauth check` says how to mend this first:\n  apigw-oauth.toml: verifiers[0]"
    )
    assert "(secret-in-project-file)" in done.stderr
    assert "c4a21f7e0b" not in done.stderr
