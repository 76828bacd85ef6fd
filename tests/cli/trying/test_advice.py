"""What the operator is told to change where API Gateway answers by itself, or nobody sends a token."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.trying.attempts import PETS, TOKEN, attempt, write_project

OFF = {"cache": "off"}
ONLY = "the authorizer reads the token from the Authorization header only, never from another header or the query"


def elsewhere(directory: Path, authlete: Any, kind: str, source: str, **authorizer: Any) -> Path:
    routes = {"$connect": {"scopes": ["pets:read"]}} if kind == "websocket" else PETS
    more = {"identity_sources": [source], **authorizer}
    return write_project(directory, authlete().url, routes, api=f'type = "{kind}"', **more)


@pytest.mark.parametrize("token", [None, TOKEN])
@pytest.mark.parametrize(
    ("kind", "source", "how"),
    [
        ("rest", "method.request.header.X-Token", '--header "X-Token: …"'),
        ("websocket", "route.request.querystring.access_token", "PATH?access_token=…"),
    ],
)
def test_an_identity_source_that_is_not_read_is_told(
    tmp_path: Path, authlete: Any, kind: str, source: str, how: str, token: str | None
):
    request = [] if kind == "websocket" else ["GET", "/pets/7"]
    told = attempt(elsewhere(tmp_path, authlete, kind, source, **OFF), *request, token=token)
    assert not told["asked"]
    assert ONLY in told["advice"]
    assert how in told["advice"]


def test_of_several_identity_sources_the_one_that_is_missing_is_told(tmp_path: Path, authlete: Any):
    sources = ["method.request.header.X-Here", "method.request.querystring.away"]
    project = write_project(tmp_path, authlete().url, PETS, identity_sources=sources, **OFF)
    assert "PATH?away=…" in attempt(project, "GET", "/pets/7", "X-Here: 1")["advice"]


def test_a_token_in_a_header_that_is_not_read_is_no_reason_to_send_it_once_more(tmp_path: Path, authlete: Any):
    project = elsewhere(tmp_path, authlete, "rest", "method.request.header.X-Token", **OFF)
    told = attempt(project, "GET", "/pets/7", f"X-Token: Bearer {TOKEN}")
    assert told["answer"]["reason"] == "missing_token"
    assert "identity_sources name method.request.header.X-Token, but " + ONLY in told["advice"]


def test_a_token_authorizer_reads_the_header_that_it_names(tmp_path: Path, authlete: Any):
    project = elsewhere(tmp_path, authlete, "rest", "method.request.header.X-Token", event="token", cache="token")
    assert "Send it (--token, --header)" in attempt(project, "GET", "/pets/7")["advice"]
    assert attempt(project, "GET", "/pets/7", token=TOKEN)["answer"]["passes"]


@pytest.mark.parametrize(("api", "status"), [('type = "rest"', 403), ('type = "http"', 404)])
def test_a_method_in_small_letters_is_another_method(tmp_path: Path, authlete: Any, api: str, status: int):
    project = write_project(tmp_path, authlete().url, PETS, api=api)
    told = attempt(project, "get", "/pets/7", token=TOKEN)
    assert (told["request"]["method"], told["answer"]["status"]) == ("get", status)
    assert told["advice"] == "Methods are case-sensitive: get is not GET. Write it in capitals."
