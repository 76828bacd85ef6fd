"""What the processes of `serve` load before they answer: it decides how soon they do."""

import subprocess
import sys

import pytest

NEVER = {"boto3", "botocore", "jinja2", "joserfc", "rich", "typer", "yaml"}


def loaded_by(module: str) -> set[str]:
    code = f"import sys, apigw_oauth.cli.local_stack.{module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("module", "others"),
    [
        (
            "authserver_process",
            {"apigw_oauth.project", "apigw_oauth.gateway", "pydantic", "cryptography", "httpx2"},
        ),
        ("gateway_process", {"apigw_oauth.authserver", "cryptography"}),
    ],
)
def test_a_process_loads_what_it_needs_at_once_and_no_more(module: str, others: set[str]):
    assert loaded_by(module) & (NEVER | others) == set()
