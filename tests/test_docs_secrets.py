"""docs/secrets.md: its commands are run against a local AWS, its settings, statements and lines are real ones."""

import base64
import json
import re
import textwrap
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from apigw_oauth.authorizer import aws_refusals, aws_secrets, references, rotation, secrets_extension
from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.lambda_handler import make_handler
from apigw_oauth.authorizer.log import Log
from apigw_oauth.authorizer.references import Kept
from apigw_oauth.project import load_project
from tests.authorizer.conftest import FakeClock
from tests.authorizer.lambda_environment import VALID, LambdaContext, event, settings
from tests.ministack import Ministack
from tests.scripted_server import ScriptedServer, answer

PAGE = (Path(__file__).parents[1] / "docs" / "secrets.md").read_text()
TEXT = " ".join(PAGE.split())
META = SimpleNamespace(partition="aws", region_name="eu-west-1")


def blocks(language: str) -> list[str]:
    found = re.findall(rf"^ *```{language}\n(.*?)^ *```", PAGE, re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block) for block in found]


def run(command: str, ministack: Ministack) -> None:
    """Do by the SDK what a command of the AWS CLI does: both are made from the same descriptions of services."""
    aws, service, operation, *options = command.split()
    assert aws == "aws"
    names = ["".join(part.title() for part in name.removeprefix("--").split("-")) for name in options[::2]]
    getattr(ministack.client(service), operation.replace("-", "_"))(**dict(zip(names, options[1::2], strict=True)))


def verifier() -> Mapping[str, Any]:
    (table,) = tomllib.loads(blocks("toml")[0])["verifiers"]
    return dict(table)


def test_the_commands_of_the_page_keep_and_rotate_a_secret_and_no_request_is_lost(
    ministack: Ministack, monkeypatch: pytest.MonkeyPatch
):
    for name, value in ministack.environ.items():
        monkeypatch.setenv(name, value)
    first, second = blocks("text")
    for command in first.splitlines():
        run(command, ministack)
    good = answer(json.dumps(VALID).encode())
    with ScriptedServer(good, answer(b"{}", status="401 Unauthorized"), good) as server:
        content = settings(server.url, verifiers=[{**verifier(), "base_url": server.url}])
        handler = make_handler(content, environ=ministack.environ, clock=FakeClock(), write=lambda _: None)
        for token, commands in (("t1", []), ("t2", second.splitlines())):
            for command in commands:
                run(command, ministack)
            assert handler(event(token=token), LambdaContext())["principalId"] == "john"
        used = [re.findall(rb"Authorization: Basic (\S+)", request)[0] for request in server.requests]
    assert [base64.b64decode(one) for one in used] == [b"12345:first", b"12345:first", b"12345:second"]


def test_the_settings_of_the_page_are_settings(tmp_path: Path):
    (tmp_path / "apigw-oauth.toml").write_text('[routes]\n"GET /a" = []\n' + "\n".join(blocks("toml")))
    project = load_project(tmp_path)
    assert len(project.file.deploy.layers) == 1


def test_the_statements_and_the_line_are_those_of_the_code():
    statements, line = ([json.loads(one) for one in block.splitlines()] for block in blocks("json"))
    kept = [references.kept(verifier()[key], key) for key in ("api_secret", "api_key")]
    sources = [one.source for one in kept if isinstance(one, Kept)]
    place = {"partition": "aws", "region": "eu-west-1", "account": "123456789012"}
    assert statements == [aws_refusals.statement(source, **place) for source in sources]
    denied = ClientError(
        {
            "Error": {
                "Code": "AccessDeniedException",
                "Message": "User: arn:aws:sts::123456789012:assumed-role/r/f",
            }
        },
        "x",
    )
    lines: list[str] = []
    with pytest.raises(SettingsError) as caught:
        raise aws_refusals.read(denied, sources[0], META)
    Log(lines.append).wrong_settings(SettingsError(f"verifiers[0].api_secret: {caught.value}"))
    assert [json.loads(one) for one in lines] == line


def test_the_numbers_of_the_page_are_those_of_the_code():
    assert (aws_secrets.CONNECT_TIMEOUT, aws_secrets.READ_TIMEOUT, aws_secrets.ATTEMPTS) == (1, 2, 2)
    assert secrets_extension.TIMEOUT == 2
    for sentence in (
        "two seconds for the extension; one to connect and two to answer for the SDK, tried twice",
        f"it is asked every {rotation.PAUSE:g} seconds", f"no more for {rotation.PAUSE:g} seconds",
        f"port {secrets_extension.DEFAULT_PORT}, or `{secrets_extension.PORT_VARIABLE}`",
    ):  # fmt: skip
        assert sentence in TEXT, sentence


def test_the_python_of_the_page_runs(project: Path, monkeypatch: pytest.MonkeyPatch):
    project.rename(project.parent / "mydemo")
    monkeypatch.chdir(project.parent)
    (block,) = blocks("python")
    names: dict[str, Any] = {}
    exec(compile(block, "secrets.md", "exec"), names)
    assert callable(names["handler"])
