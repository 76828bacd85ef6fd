"""apigw-oauth try, as a person types it."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from apigw_oauth.cli.try_request import no_traceback
from tests.serve_process import COMMAND, ServeProcess, run, run_process

Try = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def try_(shared_serve: ServeProcess) -> Try:
    return lambda *arguments: run("try", *arguments, "--project", str(shared_serve.project))


def test_a_request_that_passes_and_one_that_does_not(try_: Try, shared_serve: ServeProcess):
    token = shared_serve.token("profile")
    passed = try_("GET", "/mydemoresource", "--token", token)
    assert (passed.returncode, passed.stderr) == (0, "")
    assert passed.stdout.startswith(f"authorization server  {shared_serve.ready['authserver']}")
    refused = try_("GET", "/mydemoresource", "--token", shared_serve.token())
    assert (refused.returncode, refused.stderr) == (1, "")
    assert "apigw-oauth token --scope 'profile'" in refused.stdout
    assert "\x1b" not in passed.stdout + refused.stdout


def test_no_output_holds_the_token_or_a_credential_of_the_server(try_: Try, shared_serve: ServeProcess):
    token = shared_serve.token("profile")
    for options in ([], ["--json"]):
        done = try_("GET", "/mydemoresource", "--token", token, *options)
        assert done.returncode == 0
        for secret in (
            token,
            shared_serve.ready["service_api_secret"],
            shared_serve.ready["service_access_token"],
        ):
            assert secret not in done.stdout + done.stderr


def test_json_is_one_document(try_: Try, shared_serve: ServeProcess):
    done = try_("GET", "/me", "--header", f"Authorization: Bearer {shared_serve.token()}", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    assert document["answer"]["reason"] == "authorized"


@pytest.mark.parametrize("options", [["--token", "-abcdefgh"], ["--token=-abcdefgh"]])
def test_a_token_may_begin_with_a_dash(try_: Try, options: list[str]):
    done = try_("GET", "/me", *options, "--json")
    assert (done.returncode, json.loads(done.stdout)["answer"]["reason"]) == (1, "inactive_token")


def test_a_token_from_standard_input_stays_out_of_the_history(shared_serve: ServeProcess):
    done = subprocess.run(
        [*COMMAND, "try", "GET", "/me", "--token", "-", "--project", str(shared_serve.project)],
        input=shared_serve.token() + "\n", capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_an_event_from_a_file(try_: Try, shared_serve: ServeProcess, tmp_path: Path):
    token = shared_serve.token("profile")
    event = json.loads(try_("GET", "/me", "--token", token, "--json").stdout)["event"]
    (tmp_path / "event.json").write_text(json.dumps(event))
    assert try_("--event", str(tmp_path / "event.json")).returncode == 1  # its token was cut short
    assert try_("--event", str(tmp_path / "event.json"), "--token", token).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give METHOD and PATH"), (["GET"], "give METHOD and PATH"), (["BREW", "/"], "METHOD: 'BREW'"),
        (["GET", "me"], "must begin with a slash"), (["GET", "/me", "--header", "nonsense"], '"Name: value"'),
        (["GET", "/me", "--token", ""], "--token: is empty"), (["--event", "/nowhere.json"], "No such file"),
        (["GET", "/me", "extra"], "extra"),
    ],
)  # fmt: skip
def test_wrong_usage_is_told_in_a_line(try_: Try, arguments: list[str], message: str):
    done = try_(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_project_that_is_not_there(tmp_path: Path):
    done = run("try", "GET", "/me", "--project", str(tmp_path))
    assert done.returncode == 2
    assert "apigw-oauth new" in done.stderr


def test_a_server_that_was_killed_is_told(project: Path):
    ready = {
        "authserver": "http://127.0.0.1:1",
        "service_api_key": "1",
        "service_api_secret": "s",
        "service_id": "1",
    }
    (project / ".apigw-oauth").mkdir()
    (project / ".apigw-oauth" / "serve.json").write_text(json.dumps({**ready, "service_access_token": "t"}))
    done = run("try", "GET", "/me", "--token", "abcdefgh", "--project", str(project))
    assert done.returncode == 1
    assert "Is apigw-oauth serve still running?" in " ".join(done.stdout.split())


THEIRS = """
import os
def handler(event, context):
    print("a line of its log")
    os.environ["AUTHLETE_BASE_URL"]
    token = event["authorizationToken"]
    if token == "Bearer refused": raise Exception("Unauthorized")
    if token == "Bearer failing": raise ValueError("of " + token + os.environ["AUTHLETE_API_SECRET"])
    return {"principalId": "ali", "policyDocument": {"Version": "2012-10-17", "Statement": [
        {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"]}]}}
"""


@pytest.fixture
def theirs(project: Path) -> Try:
    (project / "theirs.py").write_text(THEIRS)
    file = project / "apigw-oauth.toml"
    text = file.read_text().replace('event = "request"', 'event = "token"\nhandler = "theirs.py:handler"')
    file.write_text(text.replace('cache = "route"', 'cache = "token"'))
    environ = {"AUTHLETE_BASE_URL": "https://as.example", "AUTHLETE_API_SECRET": "theirSecret"}
    return lambda *arguments: run("try", *arguments, "--project", str(project), environ=environ)


def test_somebody_elses_answer_differs_from_route_to_route(theirs: Try):
    done = theirs("GET", "/me", "--token", "abcdefgh", "--json")
    assert done.returncode == 0
    assert "a line of its log" in done.stderr
    document = json.loads(done.stdout)
    assert (document["checks"], document["answer"]["reason"]) == ([], None)
    rows = {row["route"]: row for row in document["routes"]["rows"]}
    assert rows["GET /mydemoresource"]["differs"]
    assert not rows["GET /me"]["differs"]


def test_somebody_elses_refusal_and_failure(theirs: Try):
    refused = theirs("GET", "/me", "--token", "refused")
    assert refused.returncode == 1
    assert "the client gets 401" in refused.stdout
    failing = theirs("GET", "/me", "--token", "failing")
    assert failing.returncode == 1
    assert "ValueError" in failing.stdout
    assert "theirSecret" not in failing.stdout + failing.stderr
    assert "Bearer failing" not in failing.stdout + failing.stderr


def test_somebody_elses_authorizer_finds_the_server_that_runs(project: Path, theirs: Try):
    ready = {
        "authserver": "http://127.0.0.1:8081",
        "service_api_key": "1",
        "service_api_secret": "s",
        "service_id": "1",
    }
    (project / ".apigw-oauth").mkdir()
    (project / ".apigw-oauth" / "serve.json").write_text(json.dumps({**ready, "service_access_token": "t"}))
    (project / "theirs.py").write_text(THEIRS.replace('"ali"', 'os.environ["AUTHLETE_BASE_URL"]'))
    told = json.loads(theirs("GET", "/me", "--token", "abcdefgh", "--json").stdout)
    assert told["answer"]["principal_id"] == ready["authserver"]


def test_what_nobody_expected_is_told_in_a_line_without_its_message(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(typer.Exit) as caught, no_traceback():
        raise LookupError("of a secret")
    told = capsys.readouterr().err
    assert caught.value.exit_code == 1
    assert "LookupError at test_try.py:" in told
    assert "secret" not in told


def test_lines_are_as_long_as_columns_says(shared_serve: ServeProcess):
    project = ["--project", str(shared_serve.project)]
    wide, narrow = (run("try", "GET", "/me", *project, environ={"COLUMNS": text}).stdout for text in ("200", "60"))
    assert max(map(len, wide.splitlines())) > 100
    assert max(map(len, narrow.splitlines())) <= 60


def test_a_character_that_standard_output_cannot_show_is_no_error(shared_serve: ServeProcess):
    options = ["--token", "abcdefgh", "--project", str(shared_serve.project)]
    done = run_process("try", "GET", "/me", *options, environ={"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (1, "")
    assert "Bearer ab\\u2026" in done.stdout


def test_the_help_has_examples():
    done = run("try", "--help")
    assert done.returncode == 0
    assert "apigw-oauth try --event event.json" in done.stdout


def test_the_project_is_found_in_the_current_directory(shared_serve: ServeProcess):
    assert run("try", "GET", "/health", cwd=shared_serve.project, environ={**os.environ}).returncode == 0
