"""apigw-oauth serve: what changes in a project is taken over while it runs."""

import json
from pathlib import Path

import pytest

from tests.cli.test_serve import serve_file, wait_for
from tests.serve_process import FREE, ServeProcess

pytestmark = pytest.mark.usefixtures("measured_processes")


def test_a_change_starts_the_gateway_anew_and_tokens_stay_good(project: Path):
    server = ServeProcess(project, *FREE)
    try:
        token = server.token("profile")
        assert server.get("/mydemoresource", token).json() == {"Hello": "World"}
        functions = project / "functions.py"
        functions.write_text(functions.read_text().replace("World", "Changed"))
        server.wait_for_message(lambda line: "started anew" in line)
        assert server.get("/mydemoresource", token).json() == {"Hello": "Changed"}
        file = project / "apigw-oauth.toml"
        file.write_text(file.read_text().replace('"GET /me"', '"GET /you"'))
        wait_for(lambda: server.get("/you", token).status_code == 200)
        assert server.get("/me", token).status_code == 403
    finally:
        assert server.stop() == 0


def test_a_mistake_in_a_changed_file_is_told_and_what_ran_goes_on(project: Path):
    server = ServeProcess(project, *FREE)
    try:
        file = project / "apigw-oauth.toml"
        good = file.read_text()
        file.write_text(good.replace("stage =", "stge ="))
        server.wait_for_message(lambda line: "api.stge: there is no such key" in line)
        assert server.get("/health").status_code == 200
        file.write_text(good)
        server.wait_for_message(lambda line: "started anew" in line)
        wait_for(lambda: server.get("/health").status_code == 200)
    finally:
        assert server.stop() == 0


def test_a_function_that_cannot_be_loaded_does_not_end_the_server(project: Path):
    server = ServeProcess(project, *FREE)
    try:
        (project / "functions.py").write_text("def hello(:\n")
        server.wait_for_message(lambda line: "started anew" in line)
        token = server.token("profile")
        assert server.get("/mydemoresource", token).status_code == 502
        server.wait_for_message(lambda line: "SyntaxError" in line)
        assert server.get("/health").status_code == 200
    finally:
        assert server.stop() == 0


def test_a_new_scope_and_a_new_client_are_known_at_once_and_old_tokens_stay_good(project: Path):
    server = ServeProcess(project, *FREE)
    try:
        token = server.token("profile")
        file = project / "apigw-oauth.toml"
        text = file.read_text().replace('"GET /me" = { scopes = []', '"GET /me" = { scopes = ["secrets:read"]')
        file.write_text(text + '\n[[local.clients]]\nclient_id = "other"\n')
        server.wait_for_message(lambda line: "started anew" in line)
        clients = json.loads(serve_file(project).read_text())["clients"]
        assert clients[0] == server.ready["clients"][0]
        assert clients[1]["client_id"] == "other"
        assert server.get("/mydemoresource", token).status_code == 200
        assert server.get("/me", token).status_code == 403
        assert server.get("/me", server.token("secrets:read")).status_code == 200
    finally:
        assert server.stop() == 0


def test_a_changed_store_waits_for_the_next_start_and_the_rest_does_not(project: Path):
    server = ServeProcess(project, *FREE)
    try:
        token = server.token("profile")
        file = project / "apigw-oauth.toml"
        text = file.read_text().replace('"GET /me"', '"GET /you"')
        file.write_text(text.replace("[[local.clients]]", '[local]\nstore = "tokens.db"\n[[local.clients]]'))
        server.wait_for_message(lambda line: "taken over at the next start" in line)
        assert server.get("/you", token).status_code == 200
        assert not (project / "tokens.db").exists()
    finally:
        assert server.stop() == 0


def test_a_broken_openapi_document_elsewhere_is_noticed_when_it_is_mended(project: Path):
    server = ServeProcess(project, *FREE)
    try:
        document = project / "api" / "openapi.json"
        document.parent.mkdir()
        document.write_text("{")
        file = project / "apigw-oauth.toml"
        file.write_text(file.read_text().replace('stage = "dev"', 'stage = "dev"\nopenapi = "api/openapi.json"'))
        server.wait_for_message(lambda line: "is neither YAML nor JSON" in line)
        document.write_text('{"openapi": "3.0.3", "paths": {"/new": {"get": {}}}}')
        server.wait_for_message(lambda line: "started anew" in line)
        assert server.get("/new", server.token()).status_code == 403
    finally:
        assert server.stop() == 0
