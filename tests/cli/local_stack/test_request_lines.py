"""From the record of a request to the line that `serve --json` prints about it."""

import io
import json
import subprocess
import sys

import pytest

from apigw_oauth.cli.local_stack.event_stream import event_of
from apigw_oauth.cli.local_stack.request_line import request_line
from apigw_oauth.gateway.exchange import RequestRecord

CACHED = RequestRecord(
    "GET", "/dev/pets", 200, "GET /pets", "cached", "allow", "the policy allows it", 1, None, "0f8fad5b-d9cb-469f"
)
INVOKED = CACHED._replace(authorizer="invoked", authorizer_ms=12)
NO_ROUTE = CACHED._replace(route=None, decision="refused", reason="no such route", status=403, authorizer="none")
ODD = CACHED._replace(path='/dev/"ü\\\x1e\n\u2028\ud800%s{}', method="GE\tT", reason="😀", request_id="\x7f\x00")
RECORDS = [CACHED, INVOKED, NO_ROUTE, ODD]


@pytest.mark.parametrize("record", RECORDS, ids=["cached", "invoked", "no route", "odd"])
def test_the_line_is_what_json_dumps_writes(record: RequestRecord):
    assert request_line(record) == json.dumps({"event": "request", **record._asdict()})


def test_requests_reach_the_command_as_they_are_and_before_what_is_told_after_them():
    program = f"""
from apigw_oauth.cli.local_stack.event_stream import EventStream
from apigw_oauth.cli.local_stack.request_line import request_line
from apigw_oauth.gateway.exchange import RequestRecord
events = EventStream()
for fields in {[tuple(record) for record in RECORDS]!r}:
    events.keep(request_line(RequestRecord(*fields)))
print("a function prints")
events.send("notice", text="\x1e\u2028")
events.keep("{{}}")
events.flush()
events.flush()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == "a function prints\n"
    assert [event_of(line) for line in io.StringIO(done.stdout)] == [
        ("requests", {"lines": "".join([f"{request_line(record)}\n" for record in RECORDS])}),
        ("notice", {"text": "\x1e\u2028"}),
        ("requests", {"lines": "{}\n"}),
    ]
