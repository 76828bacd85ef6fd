"""apigw-oauth deploy: from a project to an API on AWS."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from apigw_oauth.cli.aws_options import EndpointOption, ProfileOption, RegionOption
from apigw_oauth.cli.options import PROJECT_FILE, JsonOption, ProjectOption, WrongUsageError, settings_errors
from apigw_oauth.cli.target_options import DEFAULT_ARCH, ArchOption, PythonOption, WheelsOption, target_of

if TYPE_CHECKING:
    from apigw_oauth.checks.finding import Finding
    from apigw_oauth.cli.deploying.order import Order
    from apigw_oauth.project import Project

_STACK = re.compile("[A-Za-z][A-Za-z0-9-]{0,127}")

StackOption = Annotated[
    str | None,
    typer.Option(
        "--stack", metavar="NAME", help="The CloudFormation stack; [deploy] stack, or named like the API."
    ),
]
BucketOption = Annotated[
    str | None,
    typer.Option("--bucket", metavar="NAME", help="The S3 bucket for code; [deploy] bucket, or one that is made."),
]
AuthorizerOnlyOption = Annotated[
    bool, typer.Option("--authorizer-only", metavar="", help="Not the API: an authorizer for one that is there.")
]
ApiIdOption = Annotated[
    str | None, typer.Option("--api-id", metavar="ID", help="The API that --authorizer-only is for.")
]
ParameterOption = Annotated[
    list[str] | None,
    typer.Option("--parameter", metavar="NAME=VALUE", help="A parameter of the template; may be repeated."),
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", metavar="", help="Do what the plan says without asking.")]
DeleteOption = Annotated[
    bool, typer.Option("--delete", metavar="", help="Delete the stack, and all that is in it.")
]


def deploy(
    *,
    stack: StackOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
    bucket: BucketOption = None,
    endpoint_url: EndpointOption = None,
    arch: ArchOption = DEFAULT_ARCH,
    python: PythonOption = None,
    wheels: WheelsOption = None,
    authorizer_only: AuthorizerOnlyOption = False,
    api_id: ApiIdOption = None,
    parameter: ParameterOption = None,
    yes: YesOption = False,
    delete: DeleteOption = False,
    project: ProjectOption = PROJECT_FILE,
    as_json: JsonOption = False,
) -> None:
    """Deploy the project as a CloudFormation stack: show the plan, ask, then create, update, or delete it.

    Checks the project, builds the ZIP files and the template, and shows what would be created, changed, replaced
    and deleted. Nothing is done before a yes. What fails is taken back, and the reason is told. In the end there
    are the address of the API and the requests to try it with.

    Credentials and region are found as by every tool of AWS: profiles, AWS_PROFILE, environment, SSO. What the
    verifiers take from the environment (`env:NAME`) is taken from yours; what is not set there stays as it is in
    the stack.

    `apigw-oauth deploy`

    `apigw-oauth deploy --stack mydemo-test --parameter ReservedConcurrency=5 --yes`

    `apigw-oauth deploy --endpoint-url http://127.0.0.1:4566 --arch x86_64`

    Exit status 0: it is deployed, or there was nothing to do. 1: the answer was no. 2: everything else.
    """
    from apigw_oauth.cli.deploying.order import Order
    from apigw_oauth.project import load_project

    given = _parameters(parameter or [], api_id, authorizer_only=authorizer_only)
    with _told_plainly():
        loaded = load_project(project)
        settings = loaded.file.deploy
        order = Order(
            project=loaded,
            target=target_of(arch, python),
            stack=_stack(stack, loaded),
            region=region or settings.region,
            profile=profile,
            endpoint_url=endpoint_url,
            bucket=bucket or settings.bucket,
            wheels=wheels,
            authorizer_only=authorizer_only,
            parameters=given,
            agreed=yes,
            as_json=as_json,
        )
        _carry_out(order, delete=delete)


def _carry_out(order: "Order", *, delete: bool) -> None:
    from apigw_oauth.cli.deploying import shipping
    from apigw_oauth.cli.deploying.display import ConsoleDisplay, JsonDisplay

    display = JsonDisplay() if order.as_json else ConsoleDisplay()
    if delete:
        shipping.remove(order, display)
        return
    for warning in _checked(order.project):
        display.notice(f"warning: {warning.place}: {warning.message} ({warning.code})")
    shipping.ship(order, display)


def _stack(given: str | None, project: "Project") -> str:
    from apigw_oauth.cli.deploying.order import stack_name

    if given is not None and not _STACK.fullmatch(given):
        raise WrongUsageError("--stack: must begin with a letter, and have letters, digits and - alone")
    return given or stack_name(project)


def _parameters(given: Sequence[str], api_id: str | None, *, authorizer_only: bool) -> dict[str, str]:
    if authorizer_only and api_id is None:
        raise WrongUsageError("--authorizer-only: which API is it for? Name it with --api-id")
    if api_id is not None and not authorizer_only:
        raise WrongUsageError("--api-id: goes with --authorizer-only; without it, the API is made")
    found = {} if api_id is None else {"ApiId": api_id}
    for one in given:
        name, is_there, value = one.partition("=")
        if not is_there or not name:
            raise WrongUsageError("--parameter: is like NAME=VALUE")
        if not value:
            raise WrongUsageError(f"--parameter {name}: is empty; no parameter of the template may be")
        found[name] = value
    return found


def _checked(project: "Project") -> "list[Finding]":
    """Return what is not sure to be right with a project. Raises WrongUsageError for what is wrong."""
    from apigw_oauth.cli.check import findings_of

    findings = findings_of(project)
    errors = [one for one in findings if one.severity == "error"]
    if errors:
        told = "".join(f"\n  {one.place}: {one.message} ({one.code})" for one in errors)
        raise WrongUsageError(f"nothing is deployed: `apigw-oauth check` says how to mend this first:{told}")
    return [one for one in findings if one.severity == "warning"]


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Turn what cannot be deployed into a message and exit status 2."""
    from apigw_oauth.deploy.packaging.package_error import PackageError
    from apigw_oauth.deploy.shipping.deploy_error import DeployError

    with settings_errors():
        try:
            yield
        except (DeployError, PackageError) as error:
            raise WrongUsageError(str(error)) from None
