"""What to type once an API is deployed: the requests of the walkthrough, for a route of this project."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from apigw_oauth.cli import example_route
from apigw_oauth.cli.example_route import ExampleRoute
from apigw_oauth.deploy.shipping.aws import Aws
from apigw_oauth.deploy.shipping.stack import Stack
from apigw_oauth.project import Project

_SERVERS = ("issuer", "base_url", "discovery", "endpoint", "jwks_uri")


class Request(NamedTuple):
    """A request to make."""

    command: str
    status: int
    """Of the answer; 101 of a WebSocket handshake."""
    because: str


def url(stack: Stack, aws: Aws, project: Project) -> str:
    """Return the address of the API: that of the stack, or where an emulator on this machine has it.

    ministack and LocalStack know APIs below /_aws/execute-api/, whatever the host.
    """
    if not aws.is_here or aws.endpoint_url is None:
        return stack.outputs["Url"]
    scheme = "ws" if project.file.api.type == "websocket" else "http"
    below = f"/_aws/execute-api/{stack.outputs['ApiId']}/{project.file.api.stage}"
    return f"{scheme}://{aws.endpoint_url.partition('://')[2].rstrip('/')}{below}"


def requests(project: Project, address: str) -> tuple[Request, ...]:
    """Return the requests: without a token, with one, and with one that lacks the scopes."""
    example = example_route.to_type(project)
    if example is None:
        return ()
    websocket = project.file.api.type == "websocket"
    passed = 101 if websocket else 200
    if example.public:
        return (Request(_command(example, address), passed, "the route is public"),)
    found = [
        Request(_command(example, address), 401, "without a token"),
        Request(_command(example, address, "TOKEN"), passed, "with a token"),
    ]
    if example.scope:
        dynamic = project.file.authorizer.refusals == "dynamic-401" and project.file.api.type == "rest"
        refused = Request(
            _command(example, address, "OTHER"),
            401 if dynamic else 403,
            f"with a token without the scope {example.scope}",
        )
        found.append(refused)
    return tuple(found)


def text(project: Project, address: str, *, domain_target: str | None = None) -> list[str]:
    """Return it for people; `domain_target` is what the DNS record of a domain of their own must name."""
    asked = requests(project, address)
    if not asked:
        return [address]
    told = [address, "", *(line for one in asked for line in (f"# {one.because}: {one.status}", one.command))]
    example = example_route.to_type(project)
    if example is not None and not example.public:
        scope = f" with the scope {example.scope}" if example.scope else ""
        told += ["", f"TOKEN is an access token{scope} from {_servers(project.file.verifiers)}."]
    if domain_target is not None:
        told += ["", f"{project.file.deploy.domain} is found once its DNS record (CNAME) names {domain_target}."]
    return told


def to_attach(stack: Stack, project: Project) -> list[str]:
    """Return what is left to do where the authorizer alone was deployed, for an API that is there."""
    api, authorizer = stack.outputs["ApiId"], stack.outputs["AuthorizerId"]
    stage = shlex.quote(project.file.api.stage)
    told = [f"The authorizer {authorizer} is in the API {api}. Attach it to each method or route:", ""]
    if project.file.api.type != "rest":
        update = f"aws apigatewayv2 update-route --api-id {api} --route-id ROUTE --authorization-type CUSTOM"
        return [
            *told,
            f"{update} --authorizer-id {authorizer}",
            "# unless the stage deploys by itself:",
            f"aws apigatewayv2 create-deployment --api-id {api} --stage-name {stage}",
        ]
    update = f"aws apigateway update-method --rest-api-id {api} --resource-id RESOURCE --http-method GET"
    patches = f"op=replace,path=/authorizationType,value=CUSTOM op=replace,path=/authorizerId,value={authorizer}"
    return [
        *told,
        f"{update} --patch-operations {patches}",
        f"aws apigateway create-deployment --rest-api-id {api} --stage-name {stage}",
    ]


def _command(example: ExampleRoute, address: str, token: str | None = None) -> str:
    header = "" if token is None else f' -H "{example.header}: Bearer ${token}"'
    if address.startswith("ws"):
        return f"npx wscat -c {shlex.quote(address)}{header}"
    method = {"GET": "-i", "HEAD": "-I"}.get(example.method, f"-i -X {example.method}")
    return f"curl {method} {shlex.quote(address + example.path)}{header}"


def _servers(verifiers: Sequence[Mapping[str, Any]]) -> str:
    """Return where tokens come from, as far as the verifiers tell."""
    named = [next((str(one[key]) for key in _SERVERS if key in one), str(one["type"])) for one in verifiers]
    return " or ".join(dict.fromkeys(named)) or "your authorization server"
