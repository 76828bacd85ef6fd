"""The function for routes of HTTP APIs that nobody answers, as Lambda runs it."""

import importlib.util
import json
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from apigw_oauth.deploy import static_answers, static_responses
from apigw_oauth.deploy.blueprint import ToNobody
from apigw_oauth.deploy.draft import unanswered
from apigw_oauth.deploy.packaging.functions_zip import build_functions
from apigw_oauth.deploy.target import of_host
from apigw_oauth.project import load_project
from tests.deploy.templates import cases

ANSWERS = {
    "GET /health": ToNobody('{"status":"ok"}'),
    "GET /where": ToNobody("at {deployed.base_url}", "text/plain", {"Location": "{deployed.base_url}/x"}),
}


@pytest.fixture
def deployed(tmp_path: Path) -> ModuleType:
    """The function, of nothing but its files."""
    for name, content in static_answers.files(ANSWERS).items():
        (tmp_path / name).write_bytes(content)
    # The file of the package itself is run, so that coverage sees it; it looks for its answers beside the copy.
    spec = importlib.util.spec_from_file_location("static_responses", static_responses.__file__)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    made.__file__ = str(tmp_path / "static_responses.py")
    spec.loader.exec_module(made)
    return made


def test_the_function_that_is_packaged_is_the_one_that_is_tested():
    module, _, function = static_answers.HANDLER.partition(".")
    source = static_answers.files(ANSWERS)[f"{module}.py"]
    assert source == Path(static_responses.__file__).read_bytes()
    assert callable(getattr(static_responses, function))


def answer(function: ModuleType, key: str) -> dict[str, Any]:
    made: dict[str, Any] = function.handler({"version": "2.0", "routeKey": key}, None)
    return made


def test_each_route_gets_its_body(deployed):
    assert answer(deployed, "GET /health") == {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json"},
        "body": '{"status":"ok"}',
    }


def test_the_address_of_the_stage_is_filled_in(deployed, monkeypatch):
    monkeypatch.setenv(static_answers.VARIABLE, "https://api.example.com/live")
    assert answer(deployed, "GET /where") == {
        "statusCode": 200,
        "headers": {"Content-Type": "text/plain", "Location": "https://api.example.com/live/x"},
        "body": "at https://api.example.com/live",
    }


@pytest.mark.parametrize(("name", "needed"), [("httpapi", True), ("mydemoresource", False), ("websocket", False)])
def test_only_http_apis_need_it(name, needed):
    assert static_answers.are_needed(cases.blueprint(name)) is needed


def test_an_http_api_without_such_routes_does_not_need_it():
    blueprint = cases.blueprint("httpapi")
    routes = tuple(one for one in blueprint.routes if not isinstance(one.integration, ToNobody))
    assert static_answers.are_needed(blueprint._replace(routes=routes)) is False


def test_it_answers_for_resource_metadata():
    answers = json.loads(static_answers.files(unanswered(cases.project("edges")))["static_responses.json"])
    metadata = json.loads(answers["GET /.well-known/oauth-protected-resource/mcp"]["body"])
    assert metadata["authorization_servers"] == ["https://as.example.com"]


def test_it_is_packaged_with_the_functions_behind_the_routes(tmp_path):
    target = of_host()
    assert target is not None
    built = build_functions(load_project(cases.EXAMPLES / "httpapi"), output=tmp_path / "f.zip", target=target)
    assert built is not None
    with zipfile.ZipFile(built.path) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    assert {"functions.py", "static_responses.py", "static_responses.json"} <= files.keys()
    assert json.loads(files["static_responses.json"])["GET /health"]["body"] == '{"status":"ok"}'
