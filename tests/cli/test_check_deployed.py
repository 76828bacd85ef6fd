"""`check --deployed` where there is nothing to look at, and what it says of that."""

from pathlib import Path

import pytest

from tests.ministack import Ministack
from tests.serve_process import run


@pytest.mark.parametrize("option", ["--stack", "--api-id", "--region", "--profile", "--endpoint-url"])
def test_where_to_look_is_of_use_with_deployed_alone(project: Path, option: str):
    done = run("check", "--project", str(project), option, "x")
    assert (done.returncode, done.stdout) == (2, "")
    assert "go with --deployed" in done.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            [],
            "of the rest APIs with the name never-deployed, there is none; name the one that is meant with --api-id",
        ),
        (["--stack", "nothing"], "--stack: nothing is not there; name the API itself with --api-id"),
        (["--api-id", "nothing"], "there is no REST API nothing here; look at its id (--api-id)"),
    ],
)
def test_what_is_not_deployed_ends_in_one_message(
    project: Path, ministack: Ministack, options: list[str], words: str
):
    file = project / "apigw-oauth.toml"
    file.write_text(file.read_text().replace('name = "mydemo"', 'name = "never-deployed"'))
    done = run("check", "--deployed", "--project", str(project), *options, environ=ministack.environ)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_two_apis_of_one_name_are_not_guessed_at(project: Path, ministack: Ministack):
    file = project / "apigw-oauth.toml"
    file.write_text(file.read_text().replace('name = "mydemo"', 'name = "twice-there"'))
    control = ministack.client("apigateway")
    both = [control.create_rest_api(name="twice-there")["id"] for _ in range(2)]
    done = run("check", "--deployed", "--project", str(project), environ=ministack.environ)
    assert done.returncode == 2
    assert all(one in done.stderr for one in both)


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_http_and_websocket_apis_are_found_by_name_and_kind(tmp_path: Path, ministack: Ministack, kind: str):
    route = '"$connect"' if kind == "websocket" else '"GET /pets"'
    (tmp_path / "apigw-oauth.toml").write_text(
        f'[api]\nname = "of-{kind}"\ntype = "{kind}"\nstage = "dev"\n[routes]\n{route} = ["pets"]\n'
        '[[verifiers]]\ntype = "introspection"\nendpoint = "https://as.example.com/introspect"\nclient_id = "a"\n'
        'client_secret = "secretsmanager:as"\n'
    )
    control = ministack.client("apigatewayv2")
    for protocol in ("HTTP", "WEBSOCKET"):
        api = control.create_api(
            Name=f"of-{kind}", ProtocolType=protocol, RouteSelectionExpression="$request.body.a"
        )
        control.create_stage(ApiId=api["ApiId"], StageName="dev")
    done = run("check", "--deployed", "--project", str(tmp_path), environ=ministack.environ)
    assert "deployed-route-missing" in done.stdout, done


def test_nobody_who_answers_ends_in_one_message(project: Path, ministack: Ministack):
    where = ["--deployed", "--endpoint-url", "http://127.0.0.1:1", "--project", str(project)]
    done = run("check", *where, environ={**ministack.environ, "AWS_MAX_ATTEMPTS": "1"})
    assert (done.returncode, done.stdout) == (2, "")
    assert "does not answer" in done.stderr
