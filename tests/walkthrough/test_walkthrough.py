"""The article's walkthrough, through real processes and real HTTP."""

import json
import os
import re
import shutil
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from tests.serve_process import COMMAND, ServeProcess, run
from tests.walkthrough.six_steps import walk


def test_the_six_steps(shared_serve: ServeProcess):
    walk(shared_serve)


def test_the_function_behind_the_route_is_told_who_calls(shared_serve: ServeProcess):
    user = shared_serve.get("/me", shared_serve.token("profile", subject="john")).json()
    assert user == {"principal": "john", "is_client": False, "scopes": ["profile"]}
    client = shared_serve.get("/me", shared_serve.token()).json()
    assert client == {"principal": "demo", "is_client": True, "scopes": []}


def test_demo_ends_well_and_prints_every_step(tmp_path: Path):
    done = run("demo", "--once", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    titles = re.findall(r"^(\d)\. ", done.stdout, re.MULTILINE)
    assert titles == ["1", "2", "3", "4", "5", "6"]
    assert done.stdout.count("\n$ curl") >= 6
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed (apt-get install curl)")
def test_every_printed_line_can_be_typed(tmp_path: Path):
    process = subprocess.Popen(
        [*COMMAND, "demo", "--json"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        steps = [json.loads(process.stdout.readline()) for _ in range(6)]
        for step in steps:
            script = "\n".join(["set -e", *step["commands"]])
            typed = subprocess.run(
                ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
            )
            # The last answer; before it may be those of the other commands of the step.
            statuses = re.findall(r"^HTTP/1\.1 (\d+)", typed.stdout, re.MULTILINE)
            statuses += re.findall(r"\}HTTP/1\.1 (\d+)", typed.stdout)
            assert str(step["status"]) in statuses, (step, typed.stdout)
            if step["number"] == 2:
                assert "#access_token=" in typed.stdout
    finally:
        process.send_signal(signal.SIGINT)
        _, messages = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in messages


def test_demo_walks_through_a_project_of_ones_own(project: Path):
    file = project / "apigw-oauth.toml"
    file.write_text(file.read_text().replace("/mydemoresource", "/other").replace("profile", "p:read"))
    done = run("demo", "--once", "--project", str(project))
    assert done.returncode == 0, done.stderr
    assert "/dev/other" in done.stdout


def test_demo_says_which_step_went_wrong(project: Path):
    (project / "functions.py").write_text(
        "def hello(event, context):\n    raise RuntimeError('broken')\ndef me(event, context): ...\n"
    )
    done = run("demo", "--once", "--project", str(project))
    assert done.returncode == 1
    assert "failed: step 3" in done.stderr
    assert "broken" in done.stderr  # what the function said is not kept back
    assert 'Traceback (most recent call last):\n  File "<frozen runpy>' not in done.stderr


@pytest.mark.parametrize("change", [('cache = "route"', 'cache = "off"'), ("cache_ttl = 60", "cache_ttl = 0")])
def test_demo_says_so_where_the_cache_is_off(project: Path, change: tuple[str, str]):
    file = project / "apigw-oauth.toml"
    file.write_text(file.read_text().replace(*change))
    done = run("demo", "--once", "--project", str(project))
    assert done.returncode == 0, done.stderr
    assert "the cache is off" in done.stdout


def test_demo_asks_for_the_mock_page_where_the_client_has_several_redirect_uris(project: Path):
    file = project / "apigw-oauth.toml"
    uris = 'redirect_uris = ["http://127.0.0.1:1/a", "http://127.0.0.1:1/b"]'
    file.write_text(file.read_text().replace('client_id = "demo"', f'client_id = "demo"\n{uris}'))
    assert run("demo", "--once", "--project", str(project)).returncode == 0


def demo_until_it_serves(cwd: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [*COMMAND, "demo"], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    while "go on until Ctrl-C" not in process.stdout.readline():
        assert process.poll() is None
    return process


def children_of(pid: int) -> list[int]:
    found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [pid, *(grandchild for child in found for grandchild in children_of(child))]


def wait_until_gone(pids: list[int]) -> None:
    for pid in pids:
        for _ in range(1000):
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                break
            if Path(f"/proc/{pid}/stat").read_text().split(") ")[1].startswith("Z"):
                break
            threading.Event().wait(0.01)
        else:
            raise AssertionError(f"process {pid} goes on")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="this system has no /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_is_left_of_a_demo_however_it_ends(tmp_path: Path, number: signal.Signals):
    process = demo_until_it_serves(tmp_path)
    _, *others = children_of(process.pid)
    assert len(others) == 3
    process.send_signal(number)
    _, messages = process.communicate(timeout=30)
    wait_until_gone(others)
    assert "Traceback" not in messages
    assert process.returncode == (130 if number != signal.SIGKILL else -signal.SIGKILL)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="this system has no /proc")
def test_demo_fails_when_a_server_ends_by_itself(tmp_path: Path):
    process = demo_until_it_serves(tmp_path)
    os.kill(children_of(process.pid)[-1], signal.SIGKILL)
    _, messages = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "has ended by itself" in messages


def test_demo_needs_a_route_to_show(project: Path):
    (project / "apigw-oauth.toml").write_text('[routes]\n"GET /x" = []\n')
    done = run("demo", "--once", "--project", str(project))
    assert done.returncode == 2
    assert "needs a GET route" in done.stderr


@pytest.mark.skipif(
    not Path("/usr/bin/chromium").exists(), reason="chromium is not installed (apt-get install chromium)"
)
def test_a_person_logs_in_with_a_browser_and_calls_the_api(shared_serve: ServeProcess):
    from playwright.sync_api import sync_playwright

    ready = shared_serve.ready
    page_url = (
        f"{ready['authserver']}/api/auth/authorization/direct/{ready['service_api_key']}"
        f"?client_id={ready['clients'][0]['client_id']}&response_type=token&scope=profile"
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page()
        page.goto(page_url)
        page.get_by_label("Login ID").fill("john")
        page.get_by_label("Password").fill("john")
        page.get_by_role("button", name="Authorize").click()
        page.wait_for_url("**/api/mock/redirection/**")
        token = re.search(r"access_token=([^&]+)", page.url)
        browser.close()
    assert token is not None
    assert shared_serve.get("/mydemoresource", token[1]).json() == {"Hello": "World"}
