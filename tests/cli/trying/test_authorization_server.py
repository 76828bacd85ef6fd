"""Who is asked about the token."""

from pathlib import Path

import pytest

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.references import Source
from apigw_oauth.cli.local_stack import serve_file
from apigw_oauth.cli.trying import authorization_server
from apigw_oauth.project import load_project
from tests.cli.trying.attempts import PETS, write_project

READY = {
    "authserver": "http://127.0.0.1:8081", "service_api_key": "1234", "service_api_secret": "devSecret", "service_id": "1",
    "service_access_token": "devAccessToken",
}  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path, "https://as.example", PETS)


def test_where_nothing_runs_it_is_the_one_of_the_project_file(project: Path):
    found = authorization_server.find(load_project(project), {"TRY_SECRET": "resolved"})
    assert (found.told, found.local) == ("https://as.example (authlete), as apigw-oauth.toml says", None)
    assert set(found.secrets) == {"12345678", "resolved"}


def test_while_serve_runs_it_is_its_own_and_no_reference_is_resolved(project: Path):
    serve_file.write(project, READY)
    found = authorization_server.find(load_project(project), {})
    assert found.local is not None
    assert found.local["base_url"] == READY["authserver"]
    assert "serve that runs" in found.told
    assert {"devSecret", "devAccessToken"} <= set(found.secrets)


def test_serve_without_an_authorization_server_uses_the_project_file(project: Path):
    serve_file.write(project, {**READY, "authserver": None})
    assert authorization_server.find(load_project(project), {"TRY_SECRET": "x"}).local is None


def test_a_reference_that_leads_nowhere_is_told_with_the_other_way(project: Path):
    with pytest.raises(SettingsError, match=r"apigw-oauth\.toml: .*TRY_SECRET.*apigw-oauth serve"):
        authorization_server.find(load_project(project), {})


class Kept:
    def read(self, source: Source, *, when: str) -> str:
        return "kept" if source.id == "/pets/secret" else "{}"


def test_what_aws_keeps_is_fetched_so_that_it_can_be_left_out_of_what_is_shown(project: Path):
    file = project / "apigw-oauth.toml"
    text = file.read_text()
    file.write_text(text.replace("env:TRY_SECRET", "ssm:/pets/secret"))
    assert "kept" in authorization_server.find(load_project(project), {}, kept=Kept()).secrets
    file.write_text(text.replace("env:TRY_SECRET", "secretsmanager:pets#secret"))
    with pytest.raises(SettingsError, match=r"apigw-oauth\.toml: verifiers.*no key secret.*apigw-oauth serve"):
        authorization_server.find(load_project(project), {}, kept=Kept())


def test_a_file_of_another_version_is_told(project: Path):
    serve_file.write(project, {"authserver": "http://127.0.0.1:1"})
    with pytest.raises(SettingsError, match="start apigw-oauth serve again"):
        authorization_server.find(load_project(project), {})


def test_somebody_elses_authorizer_may_show_what_is_in_its_environment(tmp_path: Path):
    (tmp_path / "theirs.py").write_text("")
    project = write_project(tmp_path, "https://as.example", PETS, handler="theirs.py:handler")
    found = authorization_server.find(
        load_project(project), {"AUTHLETE_API_SECRET": "theirSecret", "HOME": "/home"}
    )
    assert found.told == "whomever theirs.py:handler asks"
    assert found.secrets == ("theirSecret",)


@pytest.mark.parametrize(
    ("api", "url"),
    [('type = "http"', "http://127.0.0.1:8080"), ('type = "http"\nstage = "v1"', "http://127.0.0.1:8080/v1")],
)
def test_where_nothing_runs_the_api_is_where_serve_would_have_it(tmp_path: Path, api: str, url: str):
    table = '[[verifiers]]\ntype = "authlete"\nbase_url = "https://as.example"\napi_key = "k"\napi_secret = "s"\n'
    text = f'[api]\n{api}\nresource = "/mcp"\n[routes]\n"POST /mcp" = []\n{table}audience = "/mcp"\n'
    (tmp_path / "apigw-oauth.toml").write_text(text)
    project = load_project(tmp_path)
    assert authorization_server.gateway_url(project) == url
    assert authorization_server.find(project, {}).told.startswith("https://as.example")
