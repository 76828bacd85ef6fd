"""apigw-oauth deploy: docs/deploy.md says what it does."""

import re
from pathlib import Path

from apigw_oauth.cli.deploying import next_steps
from apigw_oauth.project import load_project
from tests.deploy.command import deploy
from tests.ministack import Ministack

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
