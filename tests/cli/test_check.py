"""apigw-oauth check: what it prints, and how it ends."""

import json
import os
import pty
import subprocess
from pathlib import Path

from tests.serve_process import COMMAND, run


def settings(project: Path, old: str, new: str) -> str:
    file = project / "apigw-oauth.toml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    return str(project)


def test_a_project_without_errors_ends_with_0(project: Path):
    done = run("check", "--project", str(project))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Worth knowing\n\nroute-public  apigw-oauth.toml: routes\n  Public: GET /health." in done.stdout
    assert "Errors" not in done.stdout
    assert done.stdout.endswith("0 errors, 0 warnings, 5 info\n")
    assert "\x1b" not in done.stdout


def test_an_error_ends_with_1_and_does_not_tell_the_secret(project: Path):
    done = run("check", "--project", settings(project, "secretsmanager:mydemo/authlete#api_secret", "c4a21f7e0b"))
    assert done.returncode == 1
    assert done.stdout.startswith("Errors\n\nsecret-in-project-file  apigw-oauth.toml: verifiers[0].api_secret\n")
    assert '  mend: "secretsmanager:mydemo/authlete#api_secret" or' in done.stdout
    assert done.stdout.endswith("1 error, 0 warnings, 5 info\n")
    assert "c4a21f7e0b" not in done.stdout + done.stderr


def test_a_terminal_gets_colours(project: Path):
    ours, theirs = pty.openpty()
    environ = {**os.environ, "TERM": "xterm"}
    environ.pop("NO_COLOR", None)
    done = subprocess.run([*COMMAND, "check", "--project", str(project)], stdout=theirs, env=environ, check=False)
    os.close(theirs)
    assert done.returncode == 0
    assert b"\x1b[" in os.read(ours, 4096)
    os.close(ours)


def test_lines_are_short(project: Path):
    lines = run("check", "--project", str(project)).stdout.splitlines()
    assert max(map(len, lines)) <= 100
    assert sum(line.startswith("  mend: ") for line in lines) == 5


def test_json_is_one_document(project: Path):
    done = run("check", "--json", "--project", settings(project, "cache_ttl = 60", "cache_ttl = 900"))
    assert done.returncode == 0
    document = json.loads(done.stdout)
    assert (document["errors"], document["warnings"], document["infos"]) == (0, 1, 4)
    assert document["findings"][0].keys() == {"code", "severity", "place", "message", "mend"}
    assert (document["findings"][0]["code"], document["findings"][0]["severity"]) == ("revocation-slow", "warning")


def test_json_with_an_error_ends_with_1(project: Path):
    done = run(
        "check",
        "--json",
        "--project",
        settings(project, "secretsmanager:mydemo/authlete#api_secret", "c4a21f7e0b"),
    )
    assert done.returncode == 1
    assert json.loads(done.stdout)["errors"] == 1


def test_settings_that_cannot_be_loaded_end_with_2(project: Path, tmp_path: Path):
    for arguments in (
        [settings(project, "cache_ttl = 60", "cache_ttl = 4000")],
        [str(tmp_path / "nowhere"), "--json"],
    ):
        done = run("check", "--project", *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("error: ")


def test_what_serve_refuses_is_among_the_findings(project: Path):
    with (project / "apigw-oauth.toml").open("a") as file:
        file.write('\n[gateway_responses.UNAUTHORIZED]\nheaders = { "WWW-Authenticate" = "Bearer" }\n')
    done = run("check", "--json", "--project", str(project))
    document = json.loads(done.stdout)
    assert (done.returncode, document["errors"]) == (1, 1)
    assert document["findings"][0]["code"] == "serve-refused-api"
    assert "'WWW-Authenticate'" in document["findings"][0]["message"]


def test_markup_in_a_project_is_text(project: Path):
    done = run("check", "--project", settings(project, '"GET /me"', '"GET /[bold]"'))
    assert done.returncode == 2
    done = run(
        "check",
        "--project",
        settings(project, '"GET /[bold]" = { scopes = []', '"GET /me" = { scopes = ["[bold]"]'),
    )
    assert done.returncode == 0
