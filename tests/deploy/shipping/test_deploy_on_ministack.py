"""`deploy` against a local AWS: a REST API from nothing to requests, to an update, to a failure, to nothing.

ministack runs functions with this Python, so that they reach the development authorization server of `serve`. It
knows no identity sources out of the request's context, so that the project does without API Gateway's cache.
"""

import json
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from apigw_oauth.cli.new import write_project
from tests.deploy.shipping.command import Ran, deploy, deploy_at_terminal
from tests.ministack import Ministack
from tests.serve_process import ServeProcess, run

STACK = "rest-on-ministack"
NO_SUCH_LAYER = "arn:aws:lambda:eu-west-1:000000000000:layer:missing:7"
FAILING = f'\n[deploy]\nlayers = ["{NO_SUCH_LAYER}"]\n'


class Deployed:
    """A project that is deployed as a REST API."""

    def __init__(self, directory: Path, ministack: Ministack, serve: ServeProcess) -> None:
        self.file = directory / "apigw-oauth.toml"
        self.serve = serve
        self.ministack = ministack
        self.stacks = ministack.client("cloudformation")
        leave_remains(self.stacks)
        write_project(directory)
        self.change("https://api.authlete.com", serve.ready["authserver"])
        self.change("secretsmanager:mydemo/authlete#api_secret", "env:AUTHLETE_API_SECRET")
        self.change('cache = "route"', 'cache = "off"')
        self.first = self.deploy("--yes")
        self.url = self.first.documents[-1].get("url", "")

    @property
    def environ(self) -> dict[str, str]:
        return {
            **self.ministack.environ,
            "AUTHLETE_API_KEY": self.serve.ready["service_api_key"],
            "AUTHLETE_API_SECRET": self.serve.ready["service_api_secret"],
        }

    def deploy(self, *options: str, stack: str = STACK) -> Ran:
        done = deploy(self.file.parent, "--json", "--stack", stack, *options, environ=self.environ)
        assert self.environ["AUTHLETE_API_SECRET"] not in done.stdout + done.stderr
        return done

    def deploy_at_terminal(self, answer: str) -> tuple[int, str]:
        return deploy_at_terminal(self.file.parent, "--stack", STACK, environ=self.environ, answer=answer)

    def change(self, old: str, new: str) -> None:
        text = self.file.read_text()
        assert old in text, old
        self.file.write_text(text.replace(old, new))

    def get(self, path: str, token: str | None = None) -> httpx2.Response:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return httpx2.get(self.url + path, headers=headers, trust_env=False, timeout=60)

    @property
    def status(self) -> str:
        (told,) = self.stacks.describe_stacks(StackName=STACK)["Stacks"]
        status: str = told["StackStatus"]
        return status


def leave_remains(stacks: Any) -> None:
    """Let the creation of the stack fail, so that it is there and cannot be updated."""
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Layers": [NO_SUCH_LAYER], "Code": {"ZipFile": ""}, "Role": "none"},
    }
    tags = [{"Key": "apigw-oauth", "Value": "mydemo"}]
    stacks.create_stack(StackName=STACK, TemplateBody=json.dumps({"Resources": {"Function": function}}), Tags=tags)
    while stacks.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"] != "ROLLBACK_COMPLETE":
        time.sleep(0.02)


@pytest.fixture(scope="module")
def api(ministack: Ministack, shared_serve: ServeProcess, tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    return Deployed(tmp_path_factory.mktemp("deployed") / "project", ministack, shared_serve)


# The tests tell one story, in this order.


def test_a_project_becomes_an_api(api: Deployed):
    assert api.first.status == 0, api.first
    plan = api.first.document("plan")
    assert (plan["operation"], plan["region"], plan["account"]) == ("create", "eu-west-1", "000000000000")
    assert {one["action"] for one in plan["changes"]} == {"create"}
    assert plan["removes_remains"]
    assert plan["bucket"]["name"] == "apigw-oauth-000000000000-eu-west-1"
    assert [one["what"] for one in plan["uploads"]] == ["the authorizer", "the functions behind the API"]
    steps = [one["text"] for one in api.first.documents if one["event"] == "step"]
    assert f"deleting what an earlier attempt has left of the stack {STACK}" in steps
    created = [one["resource"] for one in api.first.documents if one.get("status") == "CREATE_COMPLETE"]
    assert sorted(created) == sorted([*(one["resource"] for one in plan["changes"]), STACK])
    assert api.first.documents[-1]["event"] == "deployed"
    assert [one["status"] for one in api.first.documents[-1]["requests"]] == [401, 200, 403]


def test_a_secret_in_the_environment_is_a_parameter_that_nobody_reads(api: Deployed):
    assert "(secret-in-environment)" in api.first.stderr
    (shown,) = (one for one in api.first.document("plan")["parameters"] if one["name"] == "AuthleteApiSecret")
    assert shown == {"name": "AuthleteApiSecret", "value": "****", "source": "environment"}
    (told,) = api.stacks.describe_stacks(StackName=STACK)["Stacks"]
    assert {"ParameterKey": "AuthleteApiSecret", "ParameterValue": "****"} in told["Parameters"]


def test_the_bucket_that_is_made_is_closed(api: Deployed):
    told = api.ministack.client("s3").get_public_access_block(Bucket="apigw-oauth-000000000000-eu-west-1")
    assert set(told["PublicAccessBlockConfiguration"].values()) == {True}


def test_the_walkthrough_goes_through_the_gateway_of_the_deployed_api(api: Deployed):
    refused = api.get("/mydemoresource")
    assert (refused.status_code, refused.json()) == (401, {"message": "Unauthorized"})
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    passed = api.get("/mydemoresource", api.serve.token("profile"))
    assert (passed.status_code, passed.json()) == (200, {"Hello": "World"})
    assert api.get("/mydemoresource", api.serve.token()).status_code == 403
    assert api.get("/mydemoresource", "made-up").status_code == 401
    assert api.get("/me", api.serve.token(subject="john")).json()["principal"] == "john"
    assert api.get("/health").json() == {"status": "ok"}


def deployed_codes(api: Deployed) -> list[str]:
    options = ("--deployed", "--json", "--stack", STACK, "--project", str(api.file))
    done = run("check", *options, environ=api.environ)
    assert done.returncode in {0, 1}, done
    codes = [finding["code"] for finding in json.loads(done.stdout)["findings"]]
    return [code for code in codes if code.startswith("deployed-")]


def test_check_finds_nothing_otherwise_than_the_project_has_it_until_somebody_changes_something(api: Deployed):
    assert deployed_codes(api) == []
    control = api.ministack.client("apigateway")
    (told,) = api.stacks.describe_stacks(StackName=STACK)["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in told["Outputs"]}
    resources = control.get_resources(restApiId=outputs["ApiId"])["items"]
    (me,) = (one["id"] for one in resources if one["path"] == "/me")

    def change(authorization: str, ttl: str) -> None:
        method = [{"op": "replace", "path": "/authorizationType", "value": authorization}]
        control.update_method(restApiId=outputs["ApiId"], resourceId=me, httpMethod="GET", patchOperations=method)
        lifetime = [{"op": "replace", "path": "/authorizerResultTtlInSeconds", "value": ttl}]
        control.update_authorizer(
            restApiId=outputs["ApiId"], authorizerId=outputs["AuthorizerId"], patchOperations=lifetime
        )

    change("NONE", "300")
    assert deployed_codes(api) == ["deployed-route-open", "deployed-authorizer"]
    change("CUSTOM", "0")
    api.change('"GET /mydemoresource" = { scopes = ["profile"]', '"GET /mydemoresource" = { scopes = ["other"]')
    assert deployed_codes(api) == ["deployed-settings"]
    api.change('scopes = ["other"]', 'scopes = ["profile"]')


def test_what_is_deployed_already_is_left_alone(api: Deployed):
    done = api.deploy()
    assert (done.status, done.document("plan")["operation"]) == (0, "nothing")
    assert done.documents[-1]["event"] == "unchanged"
    assert done.documents[-1]["url"] == api.url


def test_a_changed_route_shows_in_the_plan_and_nothing_is_done_before_a_yes(api: Deployed):
    api.change('"GET /me"', '"GET /you"')
    done = api.deploy()
    assert (done.status, done.stderr.splitlines()[-1]) == (
        2, "error: nothing was done: nobody is at the terminal to say yes; run it with --yes"
    )  # fmt: skip
    changes = {(one["action"], one["resource"]) for one in done.document("plan")["changes"]}
    assert changes >= {
        ("create", "MethodGetYou"), ("delete", "MethodGetMe"), ("change", "AuthorizerFunction")
    }  # fmt: skip
    assert [one["what"] for one in done.document("plan")["uploads"]] == ["the authorizer"]
    assert api.stacks.list_change_sets(StackName=STACK)["Summaries"] == []
    assert api.get("/me", api.serve.token()).status_code == 200


def test_a_person_may_say_no(api: Deployed):
    status, shown = api.deploy_at_terminal("n")
    assert (status, shown.splitlines()[-1]) == (1, "Deploy this? [y/N]: Nothing was done.")
    assert api.stacks.list_change_sets(StackName=STACK)["Summaries"] == []


def test_or_yes_and_the_api_is_changed_under_its_address(api: Deployed):
    status, shown = api.deploy_at_terminal("y")
    assert status == 0, shown
    assert "\nDeploy this? [y/N]: " in shown
    assert " method of a route MethodGetYou\n" in shown
    assert f"The stack {STACK} is there.\n\n{api.url}\n" in shown
    assert api.get("/you", api.serve.token()).status_code == 200
    assert api.get("/me", api.serve.token()).status_code == 403


def test_an_update_that_fails_is_taken_back_and_explained(api: Deployed):
    text = api.file.read_text()
    api.file.write_text(text + FAILING)
    done = api.deploy("--yes")
    api.file.write_text(text)
    assert done.status == 2
    said = done.stderr.splitlines()[-1]
    assert said.startswith("error: the Lambda function AuthorizerFunction could not be changed: ")
    assert said.endswith(". The stack is again as it was before.")
    assert "Traceback" not in done.stderr
    assert done.documents[-1] == {
        "event": "stack", "resource": STACK, "kind": "stack", "status": "UPDATE_ROLLBACK_COMPLETE", "reason": ""
    }  # fmt: skip
    assert api.status == "UPDATE_ROLLBACK_COMPLETE"
    assert api.get("/you", api.serve.token()).status_code == 200


def test_a_first_deployment_that_fails_leaves_nothing(api: Deployed):
    text = api.file.read_text()
    api.file.write_text(text + FAILING)
    done = api.deploy("--yes", stack="never-there")
    api.file.write_text(text)
    assert done.status == 2
    said = done.stderr.splitlines()[-1]
    assert said.startswith("error: the Lambda function AuthorizerFunction could not be created: ")
    assert said.endswith(". What had been made has been removed again.")
    assert "never-there" not in [one["StackName"] for one in api.stacks.describe_stacks()["Stacks"]]


def test_deletion_is_shown_before_it_is_done(api: Deployed):
    asked = api.deploy("--delete")
    assert asked.status == 2
    assert {one["action"] for one in asked.document("plan")["changes"]} == {"delete"}
    assert api.status == "UPDATE_ROLLBACK_COMPLETE"
    done = api.deploy("--delete", "--yes")
    assert done.status == 0
    assert done.documents[-1] == {
        "event": "deleted", "stack": STACK, "existed": True, "bucket": "apigw-oauth-000000000000-eu-west-1"
    }  # fmt: skip
    assert api.get("/health").status_code == 404


def test_there_is_nothing_to_delete_twice(api: Deployed):
    done = api.deploy("--delete", "--yes")
    assert (done.status, done.documents) == (0, [{"event": "deleted", "stack": STACK, "existed": False}])
