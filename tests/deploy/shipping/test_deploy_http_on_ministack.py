"""`deploy` of an HTTP API against a local AWS, and of an authorizer for an API that is there."""

from pathlib import Path

import httpx2

from tests.deploy.shipping.command import Ran, deploy
from tests.ministack import Ministack
from tests.serve_process import ServeProcess

PROJECT = """
[api]
name = "http on ministack"
type = "http"
cors_origins = ["https://app.example.com"]
[routes]
"GET /health" = {{ public = true, integration = {{ mock = '{{"status":"ok"}}' }} }}
"GET /pets/{{id}}" = {{ scopes = ["profile"], integration = {{ lambda = "functions.py:pet" }} }}
[authorizer]
cache = "off"  # ministack knows no identity sources out of the request's context
[[verifiers]]
type = "authlete"
version = 2
base_url = "{authserver}"
api_key = "env:AUTHLETE_API_KEY"
api_secret = "env:AUTHLETE_API_SECRET"
"""
FUNCTIONS = """
from apigw_oauth.backend import caller


def pet(event, context):
    return {"id": event["pathParameters"]["id"], "scopes": sorted(caller(event).scopes)}
"""


def deployed(directory: Path, ministack: Ministack, serve: ServeProcess, *options: str) -> Ran:
    (directory / "apigw-oauth.toml").write_text(PROJECT.format(authserver=serve.ready["authserver"]))
    (directory / "functions.py").write_text(FUNCTIONS)
    keys = {
        "AUTHLETE_API_KEY": serve.ready["service_api_key"],
        "AUTHLETE_API_SECRET": serve.ready["service_api_secret"],
    }
    return deploy(directory, "--json", "--yes", *options, environ={**ministack.environ, **keys})


def test_an_http_api_is_called_through_its_gateway(
    tmp_path: Path, ministack: Ministack, shared_serve: ServeProcess
):
    done = deployed(tmp_path, ministack, shared_serve)
    assert done.status == 0, done
    told = done.documents[-1]
    assert told["stack"] == "http-on-ministack"

    def get(path: str, token: str | None = None) -> httpx2.Response:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return httpx2.get(told["url"] + path, headers=headers, trust_env=False, timeout=60)

    assert get("/pets/7").status_code == 401
    passed = get("/pets/7", shared_serve.token("profile"))
    assert (passed.status_code, passed.json()) == (200, {"id": "7", "scopes": ["profile"]})
    assert get("/pets/7", shared_serve.token()).status_code == 403
    assert get("/health").json() == {"status": "ok"}


def test_an_authorizer_is_put_into_an_api_that_is_there(
    tmp_path: Path, ministack: Ministack, shared_serve: ServeProcess
):
    apis = ministack.client("apigatewayv2")
    theirs = apis.create_api(Name="theirs", ProtocolType="HTTP")["ApiId"]
    options = ["--stack", "authorizer-only", "--authorizer-only", "--api-id", theirs]
    done = deployed(tmp_path, ministack, shared_serve, *options)
    assert done.status == 0, done
    assert [one["AuthorizerId"] for one in apis.get_authorizers(ApiId=theirs)["Items"]] == [
        done.documents[-1]["outputs"]["AuthorizerId"]
    ]
    forgotten = deployed(tmp_path, ministack, shared_serve, "--stack", "authorizer-only")
    assert (forgotten.status, forgotten.stderr.splitlines()[-1]) == (
        2,
        (
            "error: the stack authorizer-only has the authorizer alone: add --authorizer-only, or name another one with"
            " --stack"
        ),
    )
