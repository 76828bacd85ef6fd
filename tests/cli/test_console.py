"""What `serve` tells people to type, for every type of API."""

from pathlib import Path

import pytest

from apigw_oauth.cli import example_route
from apigw_oauth.cli.console import ConsoleDisplay
from apigw_oauth.project import load_project

READY = {
    "authserver": "http://127.0.0.1:8081",
    "service_api_key": "1",
    "service_api_secret": "s",
    "service_access_token": "t",
    "clients": [{"client_id": "demo", "client_secret": "c"}],
}


@pytest.mark.parametrize(
    ("kind", "routes", "gateway", "shown"),
    [
        ("rest", '"GET /pets" = ["a", "b"]', "http://127.0.0.1:1/dev", "curl -i http://127.0.0.1:1/dev/pets -H"),
        ("http", '"GET /pets" = ["a", "b"]', "http://127.0.0.1:1", "curl -i http://127.0.0.1:1/pets -H"),
        ("websocket", '"$connect" = ["a", "b"]', "ws://127.0.0.1:1/dev", "npx wscat -c ws://127.0.0.1:1/dev -H"),
    ],
)
def test_the_line_to_type_fits_the_api(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, routes: str, gateway: str, shown: str
):
    told = ready(tmp_path, capsys, kind, routes, gateway)
    assert f"  {shown} \"Authorization: Bearer $(apigw-oauth token --scope 'a b')\"" in told


TOKEN = '-H "Authorization: Bearer $(apigw-oauth token)"'


@pytest.mark.parametrize(
    ("kind", "routes", "gateway", "shown"),
    [
        ("rest", '"GET /me" = []', "http://g/dev", f"curl -i http://g/dev/me {TOKEN}"),
        ("rest", '"POST /pets/{id}" = []', "http://g/dev", f"curl -i -X POST http://g/dev/pets/x {TOKEN}"),
        ("rest", '"ANY /{all+}" = []', "http://g/dev", f"curl -i http://g/dev/x {TOKEN}"),
        ("rest", '"GET /open" = "public"', "http://g/dev", "curl -i http://g/dev/open"),
        ("rest", '"HEAD /me" = []', "http://g/dev", f"curl -I http://g/dev/me {TOKEN}"),
        ("rest", '"GET /a&b" = "public"', "http://g/dev", "curl -i 'http://g/dev/a&b'"),
        (
            "rest",
            '"POST /{id}" = []\n"POST /x" = "public"\n"ANY /1" = "public"',
            "http://g/dev",
            f"curl -i -X POST http://g/dev/a1 {TOKEN}",
        ),
        (
            "rest",
            '"ANY /x" = []\n"GET /x" = "public"',
            "http://g/dev",
            f"curl -i -X DELETE http://g/dev/x {TOKEN}",
        ),
        ("http", '"$default" = []\n"ANY /" = "public"', "http://g", f"curl -i http://g/x {TOKEN}"),
        ("http", '"$default" = []', "http://g", f"curl -i http://g/ {TOKEN}"),
        ("websocket", '"$connect" = []', "ws://g/dev", f"npx wscat -c ws://g/dev {TOKEN}"),
        ("websocket", '"$connect" = "public"', "ws://g/dev", "npx wscat -c ws://g/dev"),
    ],
)
def test_the_line_asks_for_no_more_than_the_route_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, routes: str, gateway: str, shown: str
):
    told = ready(tmp_path, capsys, kind, routes, gateway)
    assert f"  {shown}\n" in told
    assert "scope=" not in told


def test_the_token_goes_where_a_token_authorizer_looks_for_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    authorizer = (
        '[authorizer]\nevent = "token"\ncache = "token"\nidentity_sources = ["method.request.header.X-Mine"]'
    )
    for route, method in (('"GET /a" = ["s"]', "-i"), ('"POST /a" = ["s"]', "-i -X POST")):
        told = ready(tmp_path, capsys, "rest", f"{route}\n{authorizer}", "http://g/dev")
        assert f'curl {method} http://g/dev/a -H "X-Mine: Bearer $(apigw-oauth token --scope s)"\n' in told


@pytest.mark.parametrize(
    ("kind", "gateway", "mutual", "shown"),
    [
        ("rest", "https://g/dev", False, f"curl -k -i https://g/dev/me {TOKEN}"),
        ("http", "https://g", True, f"curl -k --cert client.pem --key client.key -i https://g/me {TOKEN}"),
        ("websocket", "wss://g/dev", False, f"npx wscat -n -c wss://g/dev {TOKEN}"),
        (
            "websocket",
            "wss://g/dev",
            True,
            f"npx wscat -n --cert client.pem --key client.key -c wss://g/dev {TOKEN}",
        ),
    ],
)
def test_with_tls_the_line_does_not_verify_and_says_where_the_clients_certificate_goes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, gateway: str, mutual: bool, shown: str
):
    route = '"$connect" = []' if kind == "websocket" else '"GET /me" = []'
    told = ready(tmp_path, capsys, kind, route, gateway, ca="/p/.apigw-oauth/ca-1.pem", mutual_tls=mutual)
    assert f"  {shown}\n" in told
    assert "/p/.apigw-oauth/ca-1.pem" in told


def test_where_the_authorizer_comes_from_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    told = ready(tmp_path, capsys, "rest", '"GET /x" = []', "http://127.0.0.1:1/dev", zip="build/[a].zip")
    assert "\nauthorizer            build/[a].zip\n" in told


def test_a_client_without_a_secret_is_shown_without_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    public = {"clients": [{"client_id": "app", "client_secret": None}]}
    told = ready(tmp_path, capsys, "rest", '"GET /x" = []', "http://127.0.0.1:1/dev", **public)
    assert "  client               app, no secret\n" in told


def ready(
    directory: Path, capsys: pytest.CaptureFixture[str], kind: str, routes: str, gateway: str, **more: object
) -> str:
    (directory / "apigw-oauth.toml").write_text(f'[api]\ntype = "{kind}"\n[routes]\n{routes}\n')
    example = example_route.to_type(load_project(directory))
    ConsoleDisplay(example).ready({**READY, "gateway": gateway, **more})
    return capsys.readouterr().out
