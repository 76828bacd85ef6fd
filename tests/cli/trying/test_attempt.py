"""One request, from the gateway's front to its answer."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.trying.attempts import NEVER, PETS, SECRET, TOKEN, attempt, outcomes, rows, says, write_project
from tests.scripted_server import Behaviour, ScriptedServer, answer, hang_up

Authlete = Callable[..., ScriptedServer]


def test_a_request_that_passes_tells_everything(pets: Path):
    told = attempt(pets, "GET", "/pets/7?x=1", token=TOKEN)
    assert told["request"] == {"method": "GET", "path": "/pets/7?x=1"}
    assert told["route"] == {"key": "GET /pets/{id}", "requires": "pets:read"}
    assert told["event"]["resource"] == "/pets/{id}"
    assert told["event"]["headers"]["Authorization"] == "Bearer aVeryG…"
    assert set(outcomes(told).values()) == {"passed"}
    assert told["token"]["sub"] == "john"
    assert told["token"]["scopes"] == ["pets:read"]
    assert told["token"]["expires_at"] == NEVER
    assert told["token"]["ends"].startswith("ends in ")
    answered = told["answer"]
    assert (answered["passes"], answered["status"], answered["reason"]) == (True, 200, "authorized")
    assert answered["principal_id"] == "john"
    assert [one["Effect"] for one in answered["policy"]["Statement"]] == ["Allow"]
    assert told["advice"] is None


def test_a_missing_scope_is_told_with_the_scope_to_ask_for(pets: Path):
    told = attempt(pets, "POST", "/pets/7", token=TOKEN)
    assert told["answer"]["status"] == 403
    assert 'scope="pets:write"' in told["answer"]["challenge"]
    assert [name for name, outcome in outcomes(told).items() if outcome == "failed"] == [
        "it has the scopes that the route requires"
    ]
    assert "asks for pets:write; the token has pets:read" in told["advice"]


def test_of_several_alternatives_the_nearest_is_advised(pets: Path):
    told = attempt(pets, "GET", "/pets/7/owner", token=TOKEN)
    assert "owner or admin pets:read" in told["advice"]


def test_an_unknown_route_never_reaches_the_authorizer(pets: Path):
    told = attempt(pets, "GET", "/nowhere", token=TOKEN)
    assert (told["asked"], told["event"], told["checks"], told["routes"]) == (False, None, [], None)
    assert told["answer"]["status"] == 403
    assert "Missing Authentication Token" in told["answer"]["body"]
    assert "[routes]" in told["advice"]


def test_a_path_with_its_stage_is_understood(pets: Path):
    assert attempt(pets, "GET", "/dev/any", token=TOKEN)["advice"] == "PATH goes without the stage: /any"


def test_a_public_route_is_not_asked_about(pets: Path):
    told = attempt(pets, "GET", "/open")
    assert (told["asked"], told["answer"]["passes"], told["advice"]) == (False, True, None)


def test_without_its_identity_source_a_request_is_refused_unasked(pets: Path):
    told = attempt(pets, "GET", "/any")
    assert (told["asked"], told["answer"]["status"]) == (False, 401)
    assert "method.request.header.Authorization" in told["advice"]


@pytest.mark.parametrize(
    ("behaviour", "reason", "check", "advice"),
    [
        (says("UNAUTHORIZED", "A056302"), "inactive_token", "the authorization server knows the token", "revoked"),
        (says("UNAUTHORIZED", "A065301"), "expired_token", "the token has not ended", "has ended"),
        (says(expiresAt=1000), "expired_token", "the token has not ended", "has ended"),
        (says(certificateThumbprint="x"), "sender_constrained_token", "nothing binds the token to another sender", "bound"),
        (hang_up, "authorization_server_unreachable", "the authorization server knows the token", "base_url"),
        (says("INTERNAL_SERVER_ERROR"), "authorization_server_error", "the authorization server knows the token", "its own log"),
        (answer(b"[]"), "authorization_server_nonsense", "the authorization server knows the token", "does not answer as"),
        (answer(status="401 Unauthorized"), "credentials_refused", "the authorization server knows the token", "api_key and"),
    ],
)  # fmt: skip
def test_each_refusal_names_its_check_and_the_mend(
    tmp_path: Path, authlete: Authlete, behaviour: Behaviour, reason: str, check: str, advice: str
):
    told = attempt(write_project(tmp_path, authlete(behaviour).url, PETS), "GET", "/any", token=TOKEN)
    assert told["answer"]["reason"] == reason
    assert told["answer"]["status"] in {401, 500}
    seen = outcomes(told)
    assert [name for name, outcome in seen.items() if outcome == "failed"] == [check]
    names = list(seen)
    assert {seen[name] for name in names[: names.index(check)]} <= {"passed"}
    assert {seen[name] for name in names[names.index(check) + 1 :]} <= {"not reached"}
    assert advice in told["advice"]
    assert told["routes"] is None
    assert told["after_the_end"] is None


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (["Authorization: Basic abcdefgh"], "unsupported_scheme"),
        (["Authorization: Bearer"], "malformed_authorization"),
        (["Authorization: Bearer aaaaaaaa,Bearer bbbbbbbb"], "multiple_tokens"),
        (["Authorization: Bearer aaaaaaaa", "Authorization: Bearer bbbbbbbb"], "multiple_tokens"),
        (["Authorization: Bearer " + "a" * 8193], "token_too_long"),
        (["Authorization: Bearer aaaaaaaa", "X-HTTP-Method-Override: DELETE"], "method_override"),
    ],
)
def test_what_is_wrong_with_the_request_itself(pets: Path, headers: list[str], reason: str):
    told = attempt(pets, "GET", "/any", *headers)
    assert (told["answer"]["reason"], told["answer"]["status"]) == (reason, 401)
    assert outcomes(told)["the authorization server knows the token"] == "not reached"
    assert told["advice"]


def test_a_closed_route_is_told_from_a_missing_scope(tmp_path: Path, authlete: Authlete):
    write_project(tmp_path, authlete().url, PETS, api='openapi = "api.json"')
    document = {"openapi": "3.0.0", "paths": {"/closed": {"get": {}}}}
    (tmp_path / "api.json").write_text(json.dumps(document))
    told = attempt(tmp_path, "GET", "/closed", token=TOKEN)
    assert told["answer"]["reason"] == "closed_route"
    assert '[routes]: "GET /closed"' in told["advice"]


def test_nothing_printed_holds_the_token_or_a_secret(tmp_path: Path, authlete: Authlete):
    project = write_project(tmp_path, authlete(says(subject=TOKEN)).url, PETS)
    for path in (f"/any?access_token={TOKEN}&x={TOKEN}", f"/pets/{TOKEN}"):
        told = json.dumps(attempt(project, "GET", path, f"Cookie: a={TOKEN}", token=TOKEN))
        assert TOKEN not in told
        assert SECRET not in told


def test_the_same_answer_on_other_routes_where_the_route_is_in_the_key(pets: Path):
    seen = rows(attempt(pets, "GET", "/pets/7", token=TOKEN))
    assert list(seen) == list(PETS)
    assert (seen["GET /pets/{id}"]["path"], seen["GET /pets/{id}"]["cached"]) == ("GET /pets/7", "allow")
    assert (seen["POST /pets/{id}"]["cached"], seen["POST /pets/{id}"]["fresh_status"]) == ("asked again", 403)
    assert seen["GET /any"]["fresh_status"] == 200
    assert seen["GET /open"]["cached"] == "public"
    assert not any(row["differs"] for row in seen.values())


def test_the_same_answer_on_other_routes_where_one_answer_holds_for_all(tmp_path: Path, authlete: Authlete):
    project = write_project(tmp_path, authlete().url, PETS, event="token", cache="token")
    seen = rows(attempt(project, "GET", "/pets/7", token=TOKEN))
    assert (seen["POST /pets/{id}"]["cached"], seen["POST /pets/{id}"]["cached_status"]) == ("refuse", 403)
    assert (seen["GET /any"]["cached"], seen["GET /any"]["fresh_status"]) == ("allow", 200)
    assert not any(row["differs"] for row in seen.values())


def test_without_a_ttl_nothing_is_kept(tmp_path: Path, authlete: Authlete):
    told = attempt(write_project(tmp_path, authlete().url, PETS, cache="off"), "GET", "/pets/7", token=TOKEN)
    assert told["routes"]["ttl"] == 0
    assert rows(told)["GET /pets/{id}"]["cached"] == "asked again"
    assert told["after_the_end"] is None


def test_when_the_token_has_ended_the_kept_answer_refuses_with_its_own_challenge(pets: Path):
    after = attempt(pets, "GET", "/pets/7", token=TOKEN)["after_the_end"]
    assert (after["end"], after["status"], after["ttl"]) == (NEVER, 403, 60)
    assert 'error="invalid_token"' in after["challenge"]


@pytest.mark.parametrize("facts", [{"expiresAt": 0}, {}])
def test_a_token_without_an_end_and_a_refusal_end_nothing(
    tmp_path: Path, authlete: Authlete, facts: dict[str, Any]
):
    project = write_project(tmp_path, authlete(says(**facts)).url, PETS)
    assert attempt(project, "GET" if facts else "POST", "/pets/7", token=TOKEN)["after_the_end"] is None


def test_facts_that_the_backend_is_not_told_are_found_all_the_same(tmp_path: Path, authlete: Authlete):
    told = attempt(write_project(tmp_path, authlete().url, PETS, context=["sub"]), "GET", "/pets/7", token=TOKEN)
    assert "scope" not in told["answer"]["context"]
    assert told["token"]["scopes"] == ["pets:read"]


def test_many_routes_are_asked_about_only_if_wanted(tmp_path: Path, authlete: Authlete):
    routes = {f"GET /r{number}": {"scopes": ["pets:read"]} for number in range(51)}
    server = authlete()
    project = write_project(tmp_path, server.url, routes)
    told = attempt(project, "GET", "/r1", token=TOKEN)
    assert len(server.requests) == 1
    assert told["routes"]["asked_anew"] is False
    assert rows(told)["GET /r1"]["cached"] == "allow"
    assert (rows(told)["GET /r2"]["cached"], rows(told)["GET /r2"]["fresh_status"]) == ("asked again", None)
    assert rows(attempt(project, "GET", "/r1", token=TOKEN, all_routes=True))["GET /r2"]["fresh_status"] == 200
    assert len(server.requests) == 2  # what the authorizer has learned of the token does for all routes


def test_a_token_event_holds_the_token_where_its_header_is(tmp_path: Path, authlete: Authlete):
    source = ["method.request.header.X-Token"]
    project = write_project(tmp_path, authlete().url, PETS, event="token", identity_sources=source)
    told = attempt(project, "GET", "/any", token=TOKEN)
    assert told["event"]["authorizationToken"] == "Bearer aVeryG…"
    assert told["answer"]["passes"]


def test_an_unknown_route_after_the_token_was_looked_at(tmp_path: Path, authlete: Authlete):
    """Cache mode token: the gateway has the route, the path reads as another one as well."""
    project = write_project(tmp_path, authlete().url, PETS, event="token", cache="token")
    told = attempt(project, "GET", "/pets/a%2Fb%2Fc", token=TOKEN)
    assert (told["answer"]["reason"], told["answer"]["status"]) == ("unknown_route", 403)
    assert outcomes(told)["the route is known"] == "failed"
    assert outcomes(told)["the token has not ended"] == "passed"
    assert outcomes(told)["it has the scopes that the route requires"] == "not reached"


def test_an_http_api_is_tried_in_its_own_way(tmp_path: Path, authlete: Authlete):
    project = write_project(tmp_path, authlete().url, {**PETS, "$default": {"scopes": ["x"]}}, api='type = "http"')
    told = attempt(project, "GET", "/pets/7", token=TOKEN)
    assert (told["event"]["version"], told["event"]["routeKey"]) == ("2.0", "GET /pets/{id}")
    assert (told["answer"]["passes"], told["answer"]["is_authorized"]) == (True, True)
    assert rows(told)["$default"]["fresh_status"] == 403
    refused = attempt(project, "GET", "/elsewhere", token=TOKEN)
    assert (refused["route"]["key"], refused["answer"]["status"]) == ("$default", 403)
    assert refused["answer"]["is_authorized"] is False


def test_a_path_that_an_http_api_has_not_is_404(tmp_path: Path, authlete: Authlete):
    project = write_project(tmp_path, authlete().url, PETS, api='type = "http"')
    assert attempt(project, "GET", "/nowhere", token=TOKEN)["answer"]["status"] == 404


@pytest.mark.parametrize(("scope", "status"), [("pets:read", 101), ("chat", 403)])
def test_a_websocket_api_is_tried_by_its_handshake(tmp_path: Path, authlete: Authlete, scope: str, status: int):
    project = write_project(
        tmp_path, authlete().url, {"$connect": {"scopes": [scope]}, "send": {"integration": {"mock": "{}"}}},
        api='type = "websocket"',
    )  # fmt: skip
    told = attempt(project, token=TOKEN)
    assert told["event"]["methodArn"].endswith("/$connect")
    assert (told["answer"]["status"], told["answer"]["passes"]) == (status, status == 101)
    assert list(rows(told)) == ["$connect"]
