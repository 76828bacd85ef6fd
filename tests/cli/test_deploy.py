"""apigw-oauth deploy: docs/deploy.md says what it does."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from apigw_oauth.cli.deploying import next_steps
from apigw_oauth.project import load_project
from tests.deploy.shipping.command import deploy
from tests.ministack import Ministack
from tests.scripted_server import Behaviour, ScriptedServer, answer
from tests.serve_process import COMMAND

PAGE = Path(__file__).parents[2] / "docs" / "deploy.md"
ELSEWHERE = "eu-north-1"
"""A region in which no other test has made the bucket."""


def blocks(language: str) -> list[str]:
    section = PAGE.read_text().partition("\n## Deploy\n")[2].partition("\n## ")[0]
    return re.findall(rf"^```{language}\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


def test_the_page_shows_the_plan_of_a_new_project_and_nothing_is_done(project: Path, ministack: Ministack):
    assert blocks("sh") == ["apigw-oauth deploy\n"]
    environ = {**ministack.environ, "AUTHLETE_API_KEY": "k"}
    done = deploy(project, "--region", ELSEWHERE, environ=environ)
    assert done.status == 2
    lines = [line for line in blocks("text")[0].splitlines() if line != "…"]
    assert len(lines) == 7
    for line in lines:
        assert line.replace("eu-west-1", ELSEWHERE) in done.stdout.splitlines(), line
    buckets = ministack.client("s3").list_buckets()["Buckets"]
    assert [one["Name"] for one in buckets if ELSEWHERE in one["Name"]] == []


def test_the_page_shows_what_to_type_then(project: Path):
    told = next_steps.text(load_project(project), "https://abc.execute-api.eu-west-1.amazonaws.com/dev")
    assert told[2:8] == blocks("text")[1].splitlines()


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let processes that are started take SIGINT: whoever runs tests in the background has them ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def slow_aws() -> Iterator[ScriptedServer]:
    """An AWS that begins to create a stack, and never tells an event of it."""
    nothing = "<DescribeStackEventsResult><StackEvents/></DescribeStackEventsResult>"
    with ScriptedServer(
        xml(
            "<GetCallerIdentityResult><Account>1</Account><Arn>arn:aws:iam::1:user/a</Arn></GetCallerIdentityResult>"
        ),
        answer(
            b"<R><Error><Code>ValidationError</Code><Message>it does not exist</Message></Error></R>",
            status="400 Bad Request",
        ),
        *[answer(b"")] * 3,  # the bucket, and two packages in it
        xml("<CreateStackResult><StackId>arn:id</StackId></CreateStackResult>"),
        xml(nothing),
    ) as server:
        yield server


def xml(result: str) -> Behaviour:
    return answer(f"<Response>{result}</Response>".encode())


def test_ctrl_c_ends_the_command_and_says_that_cloudformation_goes_on(
    project: Path, slow_aws: ScriptedServer, interruptible: None
):
    options = ["--project", str(project), "--endpoint-url", slow_aws.url, "--yes", "--json"]
    environ = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_DEFAULT_REGION": "eu-west-1"}
    with subprocess.Popen(
        [*COMMAND, "deploy", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environ, "AUTHLETE_API_KEY": "k"},
    ) as process:
        assert process.stdout is not None
        assert any('"started"' in line for line in process.stdout)
        process.send_signal(signal.SIGINT)
        _, messages = process.communicate(timeout=60)
    assert process.returncode == 130, messages
    assert "What CloudFormation has begun goes on without this." in messages
    assert "aws cloudformation describe-stack-events --stack-name mydemo" in messages
    assert "Traceback" not in messages
