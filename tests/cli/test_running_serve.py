"""What `serve` prints, as the demo reads it."""

import subprocess
import sys

import pytest

from apigw_oauth.cli.options import WrongUsageError
from apigw_oauth.cli.running_serve import RunningServe


def test_half_a_line_of_a_process_that_was_killed_is_no_document():
    program = """print('{"event": "ready"}'); print('{"event": "requ', end="")"""
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    server = RunningServe(process)
    try:
        assert server.ready() == {"event": "ready"}
        with pytest.raises(WrongUsageError, match="the servers ended"):
            server.record_of("some request")
    finally:
        server.stop()
