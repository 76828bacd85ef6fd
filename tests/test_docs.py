"""What the documentation says is true: its commands run, its links lead somewhere, its tables are complete."""

import json
import os
import re
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from apigw_oauth.authorizer import settings
from apigw_oauth.authorizer.events import FORMATS
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.cli.app import app
from apigw_oauth.project import load_project
from tests.serve_process import FREE, ServeProcess

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]

VERIFIER = 'type = "authlete"\nversion = 2\nbase_url = "https://api.authlete.com"\napi_key = "k"\napi_secret = "s"'


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)


def environ() -> dict[str, str]:
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


@pytest.fixture
def serve_in(tmp_path: Path) -> Iterator[list[ServeProcess]]:
    started: list[ServeProcess] = []
    yield started
    for server in started:
        server.stop()


def test_the_commands_of_the_readme_do_what_it_says(tmp_path: Path, serve_in: list[ServeProcess]):
    first, *others = blocks(ROOT / "README.md", "sh")
    assert first.splitlines() == ["apigw-oauth new mydemo", "cd mydemo", "apigw-oauth serve"]
    subprocess.run(["apigw-oauth", "new", "mydemo"], cwd=tmp_path, env=environ(), check=True, capture_output=True)
    serve_in.append(ServeProcess(tmp_path / "mydemo", *FREE))
    gateway = serve_in[0].ready["gateway"].removesuffix("/dev")
    # The request that is tried is refused, which is what the page is about.
    others = [block.replace("apigw-oauth try", "! apigw-oauth try") for block in others]
    script = "\n".join(["set -e", *others]).replace("http://127.0.0.1:8080", gateway)
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path / "mydemo", env=environ(), capture_output=True, text=True, check=True
    )
    promised = [line for block in blocks(ROOT / "README.md", "http") for line in block.splitlines() if line]
    promised += [line for block in blocks(ROOT / "README.md", "json") for line in block.splitlines()]
    promised += [
        line for block in blocks(ROOT / "README.md", "text") for line in block.splitlines() if line != "…"
    ]
    assert len(promised) >= 30
    for line in promised:
        assert line in done.stdout, done.stdout


def commands(page: Path) -> list[list[str]]:
    """The commands of ours in every block, without what a shell does with them."""
    shown = re.findall(r"^```(?:sh)?\n(.*?)^```$|^```\w+\n.*?^```$", page.read_text(), re.MULTILINE | re.DOTALL)
    lines = re.split(r"\n| \| ", "\n".join(shown).replace("\\\n", " "))
    split = [shlex.split(line, comments=True) for line in lines if line.lstrip().startswith("apigw-oauth ")]
    return [words[1:] for words in split]


def test_a_command_that_is_shown_is_one_and_has_the_options_that_are_shown():
    """Some are not run by tests: they need an account, or a server of somebody else's."""
    known = get_command(app)
    assert isinstance(known, TyperGroup)
    shown = [command for page in PAGES for command in commands(page)]
    assert ["check", "--deployed"] in shown
    for name, *arguments in shown:
        known.commands[name].make_context(name, arguments)


def test_the_authorization_page_of_the_readme_is_where_it_says(shared_serve: ServeProcess):
    import httpx2

    (address,) = re.findall(r"^http://127.0.0.1:8081(/\S+)$", (ROOT / "README.md").read_text(), re.MULTILINE)
    page = shared_serve.ready["authserver"] + address.replace("API_KEY", shared_serve.ready["service_api_key"])
    assert httpx2.get(page, trust_env=False).status_code == 200


def test_the_package_of_the_page_is_a_function(project: Path):
    (script,) = blocks(ROOT / "docs" / "authorizer.md", "sh")
    file = project / "apigw-oauth.toml"
    file.write_text(
        file.read_text().replace("secretsmanager:mydemo/authlete#api_secret", "env:AUTHLETE_API_SECRET")
    )
    subprocess.run(["bash", "-ec", script], cwd=project, env=environ(), check=True, capture_output=True)
    task = project / "task"
    zipfile.ZipFile(project / "authorizer.zip").extractall(task)
    done = subprocess.run(
        [sys.executable, "-S", "-c", "import lambda_function; print(lambda_function.handler, lambda_function.__file__)"],
        cwd=task, capture_output=True, text=True, check=True,
        env={"PYTHONPATH": str(task), "LAMBDA_TASK_ROOT": str(task), "AUTHLETE_API_KEY": "k", "AUTHLETE_API_SECRET": "s"},
    )  # fmt: skip
    assert str(task) in done.stdout


def test_the_settings_of_the_page_are_settings(tmp_path: Path):
    (tmp_path / "secret.txt").write_text("s")
    (content,) = [block for block in blocks(ROOT / "docs" / "authorizer.md", "json") if "format" in block]
    loaded = settings.load(json.loads(content), environ={"AUTHLETE_API_KEY": "k"}, directory=str(tmp_path))
    assert len(list(loaded.routes)) == 3


def test_the_python_of_the_page_runs(project: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(project.parent)
    project.rename(project.parent / "mydemo")
    told = {"principalId": "john", "wwwAuthenticate": "Bearer", "scope": "a"}
    for block in blocks(ROOT / "docs" / "authorizer.md", "python"):
        names: dict[str, object] = {}
        exec(compile(block, "authorizer.md", "exec"), names)
        handler = names["handler"]
        assert callable(handler)
        if "caller" in names:
            assert handler({"requestContext": {"authorizer": told}}, None)["body"] == "john with ['a']"


def test_every_event_is_in_the_table_with_what_chooses_it(tmp_path: Path):
    page = (ROOT / "docs" / "authorizer.md").read_text().partition("\n## Events\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", page, re.MULTILINE)
    assert sorted(name for name, _ in rows) == sorted(known.name for known in FORMATS)
    for name, keys in rows:
        chosen = [re.findall(r"`([^`]+)`", one) for one in keys.split("; or ")]
        for extra in [chosen[0], *([chosen[0][0], *one] for one in chosen[1:])]:
            (kind, *authorizer) = extra
            route = '"$connect" = []' if name == "websocket" else '"GET /x" = []'
            content = ["[api]", kind, "[routes]", route, "[authorizer]", *authorizer, "[[verifiers]]", VERIFIER]
            (tmp_path / "apigw-oauth.toml").write_text("\n".join(content))
            assert load_project(tmp_path).authorizer_settings()["event"] == name, extra


def test_every_reason_is_in_the_table_and_nothing_else():
    page = (ROOT / "docs" / "authorizer.md").read_text().partition("\n## Reasons\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == [str(reason) for reason in Reason]


def test_every_file_of_the_tree_in_the_architecture_is_there_and_the_other_way_round():
    page = (ROOT / "docs" / "architecture.md").read_text()
    package = ROOT / "src" / "apigw_oauth"
    named = set(re.findall(r"── (\w+\.py)", page))
    for folder in ("authorizer", "authorizer/events", "authorizer/verifiers", "project"):
        assert {path.name for path in (package / folder).glob("*.py")} - {"__init__.py"} <= named
    assert all(list(package.rglob(name)) for name in named)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", there.read_text(), re.MULTILINE)
            assert anchor in [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings], (
                target
            )
