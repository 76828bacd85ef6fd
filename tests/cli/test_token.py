"""apigw-oauth token."""

import json
from pathlib import Path

import pytest

from tests.serve_process import ServeProcess, run


def test_it_prints_a_token_that_works_and_nothing_else(shared_serve: ServeProcess):
    done = run("token", "--scope", "profile", "--project", str(shared_serve.project))
    assert (done.returncode, done.stderr) == (0, "")
    assert shared_serve.get("/mydemoresource", done.stdout.strip()).status_code == 200


def test_json_says_what_was_given(shared_serve: ServeProcess):
    done = run(
        "token",
        "--scope",
        "profile",
        "--subject",
        "john",
        "--expires-in",
        "60",
        "--json",
        "--project",
        str(shared_serve.project),
    )
    given = json.loads(done.stdout)
    assert given.pop("access_token")
    assert given == {
        "token_type": "Bearer", "expires_in": 60, "scope": "profile", "client_id": "demo", "subject": "john",
    }  # fmt: skip


def test_a_jwt_is_the_same_token_in_another_form(shared_serve: ServeProcess):
    done = run("token", "--scope", "profile", "--subject", "john", "--jwt", "--project", str(shared_serve.project))
    assert done.stdout.count(".") == 2
    assert shared_serve.get("/mydemoresource", done.stdout.strip()).status_code == 200


def test_without_a_scope_the_token_has_none(shared_serve: ServeProcess):
    done = run("token", "--project", str(shared_serve.project))
    assert shared_serve.get("/mydemoresource", done.stdout.strip()).status_code == 403


def test_another_server_is_named_with_its_credentials(shared_serve: ServeProcess, tmp_path: Path):
    ready = shared_serve.ready
    credentials = {
        "AUTHLETE_API_KEY": ready["service_api_key"],
        "AUTHLETE_API_SECRET": ready["service_api_secret"],
    }
    options = ["token", "--authserver", ready["authserver"], "--project", str(tmp_path)]
    assert run(*options, "--client", "demo", environ=credentials).returncode == 0
    assert "AUTHLETE_API_KEY" in run(*options, "--client", "demo").stderr
    assert "--client" in run(*options, environ=credentials).stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--client", "nobody"], "A107201"), (["--scope", "unheard-of"], "A106201"),
        (["--expires-in", "x"], "--expires-in"), (["--expires-in", "-1"], "--expires-in"),
    ],
)  # fmt: skip
def test_what_the_server_refuses_is_told(shared_serve: ServeProcess, options: list[str], message: str):
    done = run("token", "--project", str(shared_serve.project), *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_where_nothing_runs_it_says_what_to_start(project: Path):
    done = run("token", "--project", str(project))
    assert (done.returncode, done.stdout) == (2, "")
    assert "apigw-oauth serve" in done.stderr


def test_a_server_that_does_not_answer(tmp_path: Path):
    credentials = {"AUTHLETE_API_KEY": "k", "AUTHLETE_API_SECRET": "s"}
    options = ["token", "--authserver", "http://127.0.0.1:1", "--client", "demo", "--project", str(tmp_path)]
    done = run(*options, environ=credentials)
    assert done.returncode == 2
    assert "does not answer" in done.stderr


@pytest.mark.parametrize(
    "url", ["http://[", "nonsense", "http://192.0.2.1", "http://localhost:1", "ftp://127.0.0.1"]
)
def test_credentials_are_not_sent_in_clear_to_other_machines(tmp_path: Path, url: str):
    credentials = {"AUTHLETE_API_KEY": "k", "AUTHLETE_API_SECRET": "s"}
    done = run("token", "--authserver", url, "--client", "demo", "--project", str(tmp_path), environ=credentials)
    assert done.returncode == 2
    assert "must be https" in done.stderr
