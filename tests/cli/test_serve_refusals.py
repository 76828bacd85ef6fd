"""What `serve` says when it cannot start."""

import os
import socket
from pathlib import Path

import pytest

from tests.serve_process import FREE, run_refused


def test_a_port_that_is_taken_is_named_with_the_option_to_change(project: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = run_refused("--project", str(project), "--gateway", address, "--authserver", "127.0.0.1:0")
        assert (done.returncode, done.stdout) == (2, "")
        assert address in done.stderr
        assert "--gateway" in done.stderr
        done = run_refused("--project", str(project), "--gateway", "127.0.0.1:0", "--authserver", address)
        assert "--authserver" in done.stderr
    assert not (project / ".apigw-oauth" / "serve.json").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--gateway", "8080"], "is not HOST:PORT"),
        (["--gateway", "0.0.0.0:0"], "--dangerously-expose"),
        (["--authserver", "192.0.2.1:0"], "--dangerously-expose"),
        (["--gateway", "192.0.2.1:0", "--dangerously-expose"], "cannot listen"),
        (["--gateway", "no.such.host.invalid:0", "--dangerously-expose"], "is not an address"),
        (["--no-authserver", "--authserver", "127.0.0.1:0"], "exclude each other"),
        (["--nonsense"], "No such option"),
        (["--project", "/nowhere"], "apigw-oauth new"),
    ],
)
def test_wrong_usage_is_told_in_a_line(project: Path, options: list[str], message: str):
    done = run_refused("--project", str(project), *options)
    assert done.returncode == 2
    assert message in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('store = "x"', 'store = "/dev/null/x"', "store"),
        ('client_id = "demo"', 'client_id = "a:b"', "client_id"),
        ("redirect_uris = []", 'redirect_uris = ["not absolute"]', "redirect_uris"),
    ],
)
def test_what_the_authorization_server_does_not_accept_keeps_it_from_starting(
    project: Path, old: str, new: str, message: str
):
    file = project / "apigw-oauth.toml"
    text = file.read_text().replace('client_id = "demo"', 'client_id = "demo"\nredirect_uris = []')
    file.write_text(text.replace("[[local.clients]]", '[local]\nstore = "x"\n[[local.clients]]').replace(old, new))  # fmt: skip
    done = run_refused("--project", str(project), *FREE)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("measured_processes")
@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('client_id = "demo"', 'client_id = "a:b"', "local.clients[0].client_id: "),
        ("[[local.clients]]", '[local]\nstore = "/dev/null/x"\n[[local.clients]]', "local.store: "),
    ],
)
def test_what_it_does_not_accept_is_told_with_file_and_key(project: Path, old: str, new: str, place: str):
    file = project / "apigw-oauth.toml"
    file.write_text(file.read_text().replace(old, new))
    done = run_refused("--project", str(project), *FREE)
    assert done.returncode == 2
    assert f"{file}: {place}" in done.stderr


@pytest.mark.usefixtures("measured_processes")
def test_without_its_credentials_the_real_verifier_does_not_start(project: Path):
    done = run_refused("--project", str(project), "--no-authserver", "--gateway", "127.0.0.1:0")
    assert done.returncode == 2
    assert "AUTHLETE_API_KEY is not set" in done.stderr


def test_without_aws_credentials_what_aws_keeps_cannot_be_read_and_nothing_starts(project: Path):
    nowhere = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
    environ = {
        **nowhere, "AUTHLETE_API_KEY": "k", "AWS_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_PROFILE": "default",
    }  # fmt: skip
    done = run_refused("--project", str(project), "--no-authserver", "--gateway", "127.0.0.1:0", environ=environ)
    assert done.returncode == 2
    assert (
        "verifiers[0].api_secret: the secret mydemo/authlete cannot be read without AWS credentials" in done.stderr
    )
    assert "sign in (aws configure, aws sso login)" in done.stderr
    assert "Traceback" not in done.stderr
