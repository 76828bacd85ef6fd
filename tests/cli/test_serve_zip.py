"""`serve --zip`: the very package that is deployed, behind the local gateway."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from apigw_oauth.cli.new import write_project
from apigw_oauth.deploy.packaging import package
from apigw_oauth.deploy.target import ARCHITECTURES, Target
from apigw_oauth.project import load_project
from tests.deploy.packaging.packages import host
from tests.gateway.lambda_zip.zips import has_ended, needs_runtime_client, wait_until
from tests.serve_process import FREE, ServeProcess, run

pytestmark = needs_runtime_client

OTHER = Target("3.13", next(name for name in ARCHITECTURES if name != host().architecture))
PAGE = Path(__file__).parents[2] / "docs" / "deploy.md"
SECTION = PAGE.read_text().partition("\n## Run the package on this machine\n")[2].partition("\n## ")[0]


def of_the_page(language: str, target: Target) -> list[str]:
    """The lines of the page in a language, for a machine."""
    (block,) = re.findall(rf"^```{language}\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL)
    written = ["--arch x86_64 --python 3.11", "Python 3.11 on x86_64"]
    here = [f"--arch {target.architecture} --python {target.python}", str(target)]
    for old, new in zip(written, here, strict=True):
        block = block.replace(old, new)
    lines: list[str] = block.splitlines()
    return lines


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as `apigw-oauth new` writes it, with packages for here and for another machine beside it."""
    directory = tmp_path_factory.mktemp("zip") / "project"
    write_project(directory)
    command, *_ = of_the_page("sh", host())
    done = run(*command.split()[1:], cwd=directory)
    assert done.returncode == 0, done.stderr
    package.build(load_project(directory), output=directory / "other.zip", target=OTHER)
    return directory


@pytest.fixture(scope="module")
def server(packaged: Path) -> Iterator[ServeProcess]:
    _, command = of_the_page("sh", host())
    assert command.split()[:2] == ["apigw-oauth", "serve"]
    running = ServeProcess(packaged, *FREE, *command.split()[2:], cwd=packaged)
    yield running
    running.stop()


def functions_of(pid: int) -> list[int]:
    """The processes below one that are Lambda functions."""
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    found = [child for child in children if b"awslambdaric" in Path(f"/proc/{child}/cmdline").read_bytes()]
    return found + [one for child in children for one in functions_of(child)]


def test_the_package_is_asked_and_stays_as_it_is(server: ServeProcess, packaged: Path):
    before = hashlib.sha256((packaged / "authorizer.zip").read_bytes()).digest()
    response = server.get("/mydemoresource", server.token("profile"))
    assert (response.status_code, server.record(response)["authorizer"]) == (200, "invoked")
    assert len(functions_of(server.pid)) == 1
    assert hashlib.sha256((packaged / "authorizer.zip").read_bytes()).digest() == before


def test_what_the_function_logs_is_shown(server: ServeProcess):
    server.get("/mydemoresource", server.token())
    line = json.loads(server.wait_for_message(lambda message: '"insufficient_scope"' in message))
    assert (line["effect"], line["route"]) == ("Deny", "GET /mydemoresource")
    server.get("/mydemoresource", "no token of ours")
    assert server.wait_for_message(lambda message: message.startswith("[ERROR]")) == (
        "[ERROR] UnauthorizedError: Unauthorized\n"
    )


def test_a_function_that_has_crashed_is_started_anew(server: ServeProcess):
    assert server.get("/mydemoresource", server.token("profile")).status_code == 200
    (pid,) = functions_of(server.pid)
    os.kill(pid, 9)
    wait_until(lambda: has_ended(pid) and not functions_of(server.pid))
    assert server.get("/mydemoresource", server.token("profile")).status_code == 200
    assert functions_of(server.pid) != [pid]


def test_a_new_package_is_taken_over_and_an_older_one_is_told_of(packaged: Path, tmp_path: Path):
    project = Path(shutil.copytree(packaged, tmp_path / "project"))
    server = ServeProcess(project, *FREE, "--zip", str(project / "authorizer.zip"))
    try:
        token = server.token("profile")
        assert server.get("/mydemoresource", token).status_code == 200
        (function,) = functions_of(server.pid)
        file = project / "apigw-oauth.toml"
        file.write_text(file.read_text().replace('"GET /me" = {', '"GET /new" = { scopes = [] }\n"GET /me" = {'))
        told = server.wait_for_message(lambda line: "is of another state of the project" in line)
        assert told.startswith(
            "authorizer.zip is of another state of the project (routes); the authorizer goes by"
        )
        server.wait_for_message(lambda line: "started anew" in line)
        assert server.get("/new", token).status_code == 403
        wait_until(lambda: has_ended(function))
        server.messages.clear()
        package.build(load_project(project), output=project / "authorizer.zip", target=host())
        server.wait_for_message(lambda line: "started anew" in line)
        assert server.get("/new", token).status_code == 200
        (project / "authorizer.zip").write_bytes(b"PK")
        server.wait_for_message(lambda line: "is damaged" in line)
        server.wait_for_message(lambda line: "goes on with what it had" in line)
        assert server.get("/new", server.token()).status_code == 200
        (function,) = functions_of(server.pid)
    finally:
        assert server.stop() == 0
    assert has_ended(function)


def test_a_package_that_does_not_run_here_starts_nothing(packaged: Path):
    done = run("serve", *FREE, "--zip", "other.zip", cwd=packaged)
    (told,) = of_the_page("text", host())
    told = told.replace("authorizer.zip", "other.zip").replace("Python 3.13 on arm64", str(OTHER))
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{told}\n")


def test_without_development_server_the_package_has_to_find_its_credentials(packaged: Path):
    options = ["--project", str(packaged), "--gateway", "127.0.0.1:0", "--no-authserver"]
    done = run("serve", *options, "--zip", str(packaged / "authorizer.zip"))
    assert done.returncode == 2
    assert "verifiers[0].api_key: the environment variable AUTHLETE_API_KEY is not set" in done.stderr
