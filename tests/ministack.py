"""ministack: a local AWS that somebody else wrote, as a process on loopback.

`running()` starts one; the fixture `ministack` (tests/conftest.py) is one for the whole session, so that tests give
what they make names of their own. Nothing is kept: state lives in the process, and files in a directory that goes
with it.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

LIMIT = 60
"""Seconds until it answers, which takes one; a machine may be busy."""


class Ministack(NamedTuple):
    """A running one."""

    endpoint_url: str
    region: str = "eu-west-1"
    account: str = "000000000000"

    @property
    def environ(self) -> Mapping[str, str]:
        """The variables by which boto3 finds it, here or in a process; no profile of the person gets in between."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str) -> Any:
        """A boto3 client for it."""
        import boto3

        return boto3.client(
            service,
            endpoint_url=self.endpoint_url,
            region_name=self.region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )


@contextmanager
def running() -> Iterator[Ministack]:
    """Start one, and end it afterwards: it, and whatever it has started."""
    with TemporaryDirectory(prefix="ministack-") as directory:
        port = _free_port()
        with Path(directory, "output").open("w+b") as output:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "ministack"],
                env=_environ(port, directory),
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                _wait(process, port, Path(output.name))
                yield Ministack(f"http://127.0.0.1:{port}")
            finally:
                _end(process)


def _environ(port: int, directory: str) -> dict[str, str]:
    inherited = {
        key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "MINISTACK_", "COVERAGE_"))
    }
    return {
        **inherited,
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "LOG_LEVEL": "WARNING",
        "PERSIST_STATE": "0",
        "S3_PERSIST": "0",
        "STATE_DIR": f"{directory}/state",
        "S3_DATA_DIR": f"{directory}/s3",
        "TMPDIR": directory,
        "IOT_MTLS_ENABLED": "0",  # it would listen on every address of the machine
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{directory}/no-docker",
        "LAMBDA_EXECUTOR": "local",
    }


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def _wait(process: "subprocess.Popen[bytes]", port: int, output: Path) -> None:
    end = time.monotonic() + LIMIT
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > end:
            raise AssertionError(f"ministack does not answer: {output.read_text()}")
        time.sleep(0.02)


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/_ministack/ready")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
