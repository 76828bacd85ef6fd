"""What to type once an API is deployed."""

from pathlib import Path

import pytest

from apigw_oauth.cli.deploying import next_steps
from apigw_oauth.deploy.shipping.stack import Stack
from apigw_oauth.project import Project, load_project
from tests.deploy.shipping.fake_aws import fake_aws

URL = "https://abc.execute-api.eu-west-1.amazonaws.com/dev"
OUTPUTS = {"Url": URL, "ApiId": "abc", "AuthorizerId": "auth"}
STACK = Stack("mydemo", "id", "CREATE_COMPLETE", "", {}, {}, OUTPUTS)
VERIFIER = """
[[verifiers]]
type = "introspection"
endpoint = "https://as.example.com/introspect"
issuer = "https://as.example.com"
client_id = "c"
client_secret = "env:S"
"""


def project(directory: Path, routes: str, *, kind: str = "rest", authorizer: str = "") -> Project:
    text = f'[api]\ntype = "{kind}"\nstage = "dev"\n[routes]\n{routes}\n[authorizer]\n{authorizer}\n{VERIFIER}'
    (directory / "apigw-oauth.toml").write_text(text)
    return load_project(directory)


def test_three_requests_for_a_route_with_a_scope(tmp_path: Path):
    told = next_steps.text(project(tmp_path, '"GET /pets" = ["read"]'), URL)
    assert told == [
        URL,
        "",
        "# without a token: 401",
        f"curl -i {URL}/pets",
        "# with a token: 200",
        f'curl -i {URL}/pets -H "Authorization: Bearer $TOKEN"',
        "# with a token without the scope read: 403",
        f'curl -i {URL}/pets -H "Authorization: Bearer $OTHER"',
        "",
        "TOKEN is an access token with the scope read from https://as.example.com.",
    ]


def test_a_domain_needs_a_record(tmp_path: Path):
    domain = '[deploy]\ndomain = "api.example.com"\ncertificate = "arn:aws:acm:eu-west-1:1:certificate/a"'
    told = next_steps.text(
        project(tmp_path, '"GET /a" = []', authorizer=domain), "https://api.example.com", domain_target="d-1.aws"
    )
    assert told[-1] == "api.example.com is found once its DNS record (CNAME) names d-1.aws."


def test_where_nobody_is_let_through_there_is_the_address_alone(tmp_path: Path):
    nobody = project(tmp_path, '"GET /a" = []')._replace(routes=())
    assert next_steps.text(nobody, URL) == [URL]


@pytest.mark.parametrize(
    ("routes", "kind", "authorizer", "statuses"),
    [
        ('"GET /pets" = ["read"]', "rest", 'refusals = "dynamic-401"', [401, 200, 401]),
        ('"GET /pets" = ["read"]', "http", "", [401, 200, 403]),
        ('"GET /pets" = []', "rest", "", [401, 200]),
        ('"GET /pets" = "public"', "rest", "", [200]),
        ('"$connect" = ["read"]', "websocket", "", [401, 101, 403]),
        ('"GET /pets" = { any_of = [["a"], ["b"]] }', "rest", "", [401, 200, 403]),
    ],
    ids=["dynamic", "http", "any-token", "public", "websocket", "alternatives"],
)
def test_answers_depend_on_the_route(tmp_path: Path, routes: str, kind: str, authorizer: str, statuses: list[int]):
    found = next_steps.requests(
        project(tmp_path, routes, kind=kind, authorizer=authorizer), "wss://x" if kind == "websocket" else URL
    )
    assert [one.status for one in found] == statuses


def test_other_methods_and_handshakes_have_commands_of_their_own(tmp_path: Path):
    (post, *_) = next_steps.requests(project(tmp_path, '"POST /pets" = ["read"]'), URL)
    assert post.command == f"curl -i -X POST {URL}/pets"
    (_, handshake, _) = next_steps.requests(
        project(tmp_path, '"$connect" = ["read"]', kind="websocket"), "wss://abc.example.com/dev"
    )
    assert handshake.command == 'npx wscat -c wss://abc.example.com/dev -H "Authorization: Bearer $TOKEN"'


def test_the_address_is_that_of_the_stack(tmp_path: Path):
    with fake_aws() as fake:
        assert next_steps.url(STACK, fake.aws, project(tmp_path, '"GET /a" = []')) == URL


@pytest.mark.parametrize(("kind", "scheme"), [("rest", "http"), ("websocket", "ws")])
def test_an_emulator_on_this_machine_has_an_address_here(tmp_path: Path, kind: str, scheme: str):
    route = '"$connect" = []' if kind == "websocket" else '"GET /a" = []'
    with fake_aws(endpoint_url="http://127.0.0.1:4566") as fake:
        assert next_steps.url(STACK, fake.aws, project(tmp_path, route, kind=kind)) == (
            f"{scheme}://127.0.0.1:4566/_aws/execute-api/abc/dev"
        )


def test_an_authorizer_alone_is_to_be_attached(tmp_path: Path):
    assert next_steps.to_attach(STACK, project(tmp_path, '"GET /a" = []'))[2:] == [
        (
            "aws apigateway update-method --rest-api-id abc --resource-id RESOURCE --http-method GET --patch-operations"
            " op=replace,path=/authorizationType,value=CUSTOM op=replace,path=/authorizerId,value=auth"
        ),
        "aws apigateway create-deployment --rest-api-id abc --stage-name dev",
    ]
    assert next_steps.to_attach(STACK, project(tmp_path, '"GET /a" = []', kind="http"))[2:] == [
        "aws apigatewayv2 update-route --api-id abc --route-id ROUTE --authorization-type CUSTOM --authorizer-id auth",
        "# unless the stage deploys by itself:",
        "aws apigatewayv2 create-deployment --api-id abc --stage-name dev",
    ]
