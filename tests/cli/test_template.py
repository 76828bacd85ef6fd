"""apigw-oauth template."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from apigw_oauth.cli.app import app
from apigw_oauth.cli.options import WrongUsageError
from apigw_oauth.deploy.draft import draft
from apigw_oauth.deploy.target import Target
from apigw_oauth.deploy.templates import TEMPLATES, render
from apigw_oauth.project import load_project

EXAMPLE = Path(__file__).parents[2] / "examples" / "httpapi"
PROJECT = """
[api]
name = "t"
type = "rest"
openapi = "openapi.yaml"
[routes]
"GET /x" = []
[[verifiers]]
type = "introspection"
endpoint = "https://as.example.com/introspect"
client_id = "a"
client_secret = "ssm:/t"
"""


def template(*arguments: str, project: Path = EXAMPLE) -> str:
    result = CliRunner().invoke(app, ["template", *arguments, "--project", str(project)])
    if result.exception is not None:
        raise result.exception
    return result.stdout


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_prints_what_is_deployed_and_nothing_else(name):
    wanted = draft(load_project(EXAMPLE), target=Target("3.12", "x86_64"))
    assert template(name, "--python", "3.12", "--arch", "x86_64") == render(name, wanted)


def test_the_authorizer_alone_is_printed_for_an_api_that_is_there():
    wanted = draft(load_project(EXAMPLE), target=Target("3.13", "arm64"), scope="authorizer")
    printed = template("cloudformation", "--authorizer-only", "--python", "3.13")
    assert printed == render("cloudformation", wanted)


def test_it_writes_a_file_instead(tmp_path):
    file = tmp_path / "template.yaml"
    assert template("cloudformation", "-o", str(file)) == ""
    assert file.read_text(encoding="utf-8") == template("cloudformation")


@pytest.mark.parametrize("name", ["apigw-oauth.toml", "openapi.yaml"])
def test_what_the_project_is_made_of_is_not_overwritten(name, tmp_path, monkeypatch):
    document = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\n"
    (tmp_path / "openapi.yaml").write_text(document)
    (tmp_path / "apigw-oauth.toml").write_text(PROJECT)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WrongUsageError, match=f"--output: {name} is part of the project; name another file"):
        template("openapi", "-o", name, project=tmp_path)
    assert (tmp_path / "apigw-oauth.toml").read_text() == PROJECT
    assert (tmp_path / "openapi.yaml").read_text() == document


def test_json_has_the_template_as_a_text():
    printed = json.loads(template("cloudformation", "--json"))
    assert printed == {"template": "cloudformation", "content": template("cloudformation")}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["pulumi"], r"there is no template 'pulumi'; name one of cloudformation"),
        (["cloudformation", "--arch", "z80"], "--arch: z80 is not a processor of Lambda"),
        (["cloudformation", "-o", "missing/x"], "--output: missing/x: No such file or directory; name"),
    ],
)
def test_a_mistake_is_told_with_its_mend(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WrongUsageError, match=message):
        template(*arguments)


def test_what_cannot_be_deployed_is_refused(tmp_path):
    (tmp_path / "apigw-oauth.toml").write_text(
        '[routes]\n"GET /x" = { scopes = [], integration = { http = "http://127.0.0.1:1" } }\n'
    )
    with pytest.raises(WrongUsageError, match="is on this machine, where API Gateway finds nothing"):
        template("cloudformation", project=tmp_path)
