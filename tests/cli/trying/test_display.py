"""What people see."""

from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from apigw_oauth.cli.trying.display import TryDisplay
from tests.cli.trying.attempts import PETS, TOKEN, attempt, says, write_project


def printed(document: Mapping[str, Any]) -> str:
    file = StringIO()
    TryDisplay(Console(file=file, width=100, highlight=False)).show(document)
    text = file.getvalue()
    assert all(len(line) <= 100 and line == line.rstrip() for line in text.splitlines())
    assert "\x1b" not in text
    return text


def test_an_allowed_request_from_its_event_to_its_end(pets: Path):
    text = printed(attempt(pets, "GET", "/pets/7", token=TOKEN))
    first, second, third, *_ = text.splitlines()
    assert first.startswith("authorization server  http://127.0.0.1:")
    assert (second.split(), third.split(maxsplit=1)[1]) == (
        ["request", "GET", "/pets/7"],
        "GET /pets/{id}, requires pets:read",
    )
    for told in (
        '"Authorization": "Bearer aVeryG…"', "requestContext, multiValueHeaders: shown with --json", "passed  the route is known",
        "client 7, subject john, scopes pets:read, ends in", "goes on to what is behind the route", "policy: Allow  arn:aws:",
        "UTC: 403, Bearer", "(TTL 60 s)",
    ):  # fmt: skip
        assert told in text
    assert "POST /pets/{id} POST /pets/1 not used: asked again 403" in " ".join(text.split())


def test_a_refused_request_and_its_mend(pets: Path):
    text = printed(attempt(pets, "POST", "/pets/7", token=TOKEN))
    assert "failed       it has the scopes that the route requires: insufficient_scope" in text
    assert "the client gets 403" in text
    assert "what to change\n  The route asks for pets:write" in text


def test_a_request_that_is_not_asked_about(pets: Path):
    text = printed(attempt(pets, "GET", "/nowhere"))
    assert "API Gateway does not ask the authorizer: no such route" in text
    assert "checks" not in text


def test_long_values_and_markup_do_no_harm(tmp_path: Path, authlete: Any):
    subject = "[red]" + "x" * 300
    told = attempt(write_project(tmp_path, authlete(says(subject=subject)).url, PETS), "GET", "/any", token=TOKEN)
    assert "[red]xxx" in printed(told)


def test_a_row_that_differs_is_marked(pets: Path):
    document = attempt(pets, "GET", "/pets/7", token=TOKEN)
    document["routes"]["rows"][0] |= {
        "cached": "refuse",
        "cached_status": 403,
        "fresh_status": 200,
        "differs": True,
    }
    assert "refused (403) allow differs" in " ".join(printed(document).split())
    document["routes"] |= {"ttl": 0, "asked_anew": False}
    text = printed(document)
    assert "nothing is kept" in text
    assert "--all" in text


def test_a_context_that_is_none_is_no_trouble(pets: Path):
    document = attempt(pets, "GET", "/any", token=TOKEN)
    document["answer"]["context"] = ["not", "an", "object"]
    assert "the answer" in printed(document)


@pytest.mark.parametrize("api", ['type = "rest"', 'type = "http"'])
def test_an_end_after_the_last_year_of_calendars_is_none(tmp_path: Path, authlete: Any, api: str):
    project = write_project(tmp_path, authlete(says(expiresAt=10**17)).url, PETS, api=api)
    assert "no end known" in printed(attempt(project, "GET", "/pets/7", token=TOKEN))


def test_why_no_answer_could_be_given(pets: Path, authlete: Any):
    project = write_project(pets, authlete(says("INTERNAL_SERVER_ERROR")).url, PETS)
    text = printed(attempt(project, "GET", "/any", token=TOKEN))
    assert "the authorizer logs authorization_server_error: Authlete could not process the call" in text
    assert "the authorizer logs warning" in text
    assert "Traceback" not in text


def test_a_simple_response_does_not_end_with_the_token(tmp_path: Path, authlete: Any):
    project = write_project(tmp_path, authlete().url, PETS, api='type = "http"')
    text = printed(attempt(project, "GET", "/pets/7", token=TOKEN))
    assert "isAuthorized  true" in text
    assert "passed  the answer can be printed" in text
    assert "UTC: still allowed until the entry" in text
