"""What docs/checks.md shows of deployed APIs is what is found."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from apigw_oauth import __version__
from apigw_oauth.checks.deployed.comparison import compare
from apigw_oauth.checks.deployed.deployed_api import DeployedApi, DeployedFunction, DeployedRoute
from apigw_oauth.checks.rules import Rule
from tests.checks.checking import VERIFIER, Checking
from tests.checks.deployed.as_deployed import FUNCTION, as_deployed, its_function

PAGE = (Path(__file__).parents[3] / "docs" / "checks.md").read_text()
EXAMPLES = dict(re.findall(r"^### `(deployed-[\w-]+)`\n.*?^```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))

ROUTES = '"GET /pets" = ["pets"]\n"GET /health" = "public"\n'
MUTUAL_TLS = (
    '[deploy]\ndomain = "api.example.com"\ncertificate = "arn:aws:acm:eu-west-1:1:certificate/2"\n'
    'trust_store = "s3://trust/store.pem"\n'
)


def route(api: DeployedApi, key: str, authorization: str | None) -> DeployedApi:
    others = tuple(one for one in api.routes if one.key != key)
    added = () if authorization is None else (DeployedRoute(key, authorization, "auth1"),)
    return api._replace(routes=(*others, *added))


def ttl(api: DeployedApi) -> DeployedApi:
    return api._replace(authorizers={"auth1": api.authorizers["auth1"]._replace(ttl=300)})


def without_challenge(api: DeployedApi) -> DeployedApi:
    headers = {name: value for name, value in api.gateway_responses["ACCESS_DENIED"].items() if name[0] != "W"}
    return api._replace(gateway_responses={**api.gateway_responses, "ACCESS_DENIED": headers})


APIS: Mapping[str, Callable[[DeployedApi], DeployedApi]] = {
    "deployed-route-open": lambda api: route(api, "GET /pets", "NONE"),
    "deployed-route-closed": lambda api: route(api, "GET /health", "CUSTOM"),
    "deployed-route-missing": lambda api: route(api, "GET /pets", None),
    "deployed-route-unknown": lambda api: route(api, "POST /pets", "NONE"),
    "deployed-authorizer": ttl,
    "deployed-gateway-response": without_challenge,
    "deployed-default-endpoint": lambda api: api._replace(default_endpoint_is_open=True),
    "deployed-stage-behind": lambda api: api._replace(newer_than_stage=True),
}
FUNCTIONS: Mapping[str, Callable[[DeployedFunction], DeployedFunction]] = {
    "deployed-permission": lambda one: one._replace(may_be_invoked=False),
    "deployed-settings": lambda one: one._replace(settings={**(one.settings or {}), "routes": []}),
    "deployed-version": lambda one: one._replace(version="0.0.1"),
    "deployed-code-unread": lambda one: one._replace(unreadable="Lambda says AccessDeniedException"),
}


def test_every_code_about_what_is_deployed_has_an_example():
    codes = {rule.code for rule in Rule if rule.code.startswith("deployed-")}
    assert codes == set(EXAMPLES) == {*APIS, *FUNCTIONS}


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_an_example_is_what_is_found(tmp_path: Path, code: str):
    more = MUTUAL_TLS + VERIFIER if code == "deployed-default-endpoint" else VERIFIER
    project = Checking(tmp_path).load(ROUTES, more=more)
    api, function = as_deployed(project), its_function(project)
    if code in APIS:
        api = APIS[code](api)
    else:
        function = FUNCTIONS[code](function)
    found = [one for one in compare(project, api, {FUNCTION: function}) if one.code == code]
    shown = f"{found[0].place}\n{found[0].message}\n".replace(__version__, "VERSION")
    assert EXAMPLES[code] == shown
