"""What `deploy` shows while it works."""

import json

import pytest

from apigw_oauth.cli.deploying.display import ConsoleDisplay, JsonDisplay
from apigw_oauth.deploy.shipping.events import Event
from apigw_oauth.deploy.shipping.plan import Change, Plan

PLAN = Plan("update", "mydemo", "1", "eu-west-1", changes=(Change("create", "A[b]", "route", "t"),))
MADE = Event("Fn", "Lambda function", "CREATE_COMPLETE", "", is_stack=False)


def test_people_read_what_has_happened_and_why_something_did_not(capsys: pytest.CaptureFixture[str]):
    display = ConsoleDisplay()
    display.plan(PLAN)
    display.step("uploading the authorizer")
    display.started("id")
    for event in (
        MADE._replace(status="CREATE_IN_PROGRESS"),
        MADE,
        MADE._replace(status="CREATE_FAILED", reason="no [role]"),
        Event("mydemo", "stack", "UPDATE_ROLLBACK_COMPLETE", "", is_stack=True),
    ):
        display.event(event)
    display.done({}, ["It is [there].", "", "https://x"])
    display.notice("mind")
    printed = capsys.readouterr()
    assert display.begun
    assert (
        printed.out
        == """\
The stack mydemo would be changed: eu-west-1, account 1
To create:
  route  A[b]

uploading the authorizer
  created        Lambda function Fn
  failed         Lambda function Fn: no [role]
  was taken back stack mydemo
It is [there].

https://x
"""
    )
    assert printed.err == "mind\n"


def test_scripts_get_a_document_a_line(capsys: pytest.CaptureFixture[str]):
    display = JsonDisplay()
    display.plan(PLAN)
    display.step("uploading")
    display.started("id")
    display.event(MADE)
    display.event(MADE._replace(is_stack=True))
    display.done({"event": "deployed", "url": "https://x"}, ["for people"])
    display.notice("mind")
    printed = capsys.readouterr()
    documents = [json.loads(line) for line in printed.out.splitlines()]
    assert [one["event"] for one in documents] == ["plan", "step", "started", "resource", "stack", "deployed"]
    assert documents[0]["changes"] == [
        {"action": "create", "resource": "A[b]", "kind": "route", "type": "t", "because": [], "loses": ""}
    ]
    assert documents[3] == {
        "event": "resource",
        "resource": "Fn",
        "kind": "Lambda function",
        "status": "CREATE_COMPLETE",
        "reason": "",
    }
    assert printed.err == "mind\n"
