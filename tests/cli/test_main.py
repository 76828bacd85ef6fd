"""The command as a whole."""

import subprocess
import sys

import pytest

from tests.serve_process import run

COMMANDS = ["new", "demo", "serve", "token"]


def test_help_lists_every_command_and_every_command_has_help():
    listed = run("--help").stdout
    for command in COMMANDS:
        assert command in listed
        told = run(command, "--help")
        assert told.returncode == 0
        assert "--json" in told.stdout


def test_no_arguments_are_a_question_about_usage():
    done = run()
    assert "Usage" in done.stdout + done.stderr


def test_version():
    assert run("--version").stdout.startswith("apigw-oauth ")


@pytest.mark.parametrize("arguments", [["nonsense"], ["serve", "extra"], ["--nonsense"]])
def test_wrong_usage_ends_with_2(arguments: list[str]):
    done = run(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_help_loads_none_of_the_folders_that_commands_need():
    code = (
        "import sys; from apigw_oauth.cli.app import app; "
        "print([m for m in sys.modules if m.startswith('apigw_oauth.') and not m.startswith('apigw_oauth.cli')],"
        " [m for m in ('pydantic', 'starlette', 'uvicorn', 'httpx2', 'jinja2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] []"


def test_a_reader_that_goes_away_is_no_error():
    command = f"{sys.executable} -m apigw_oauth.cli --help | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
