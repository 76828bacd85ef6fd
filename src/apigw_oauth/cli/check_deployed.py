"""The part of `check` that asks AWS: what is deployed, compared with the project."""

from typing import TYPE_CHECKING, NamedTuple

from apigw_oauth.checks.deployed import reading
from apigw_oauth.checks.deployed.comparison import compare
from apigw_oauth.checks.deployed.deployed_api import NotFoundError
from apigw_oauth.cli.deploying.order import stack_name
from apigw_oauth.cli.options import WrongUsageError
from apigw_oauth.deploy.shipping import aws, stack
from apigw_oauth.deploy.shipping.aws_errors import in_plain_words
from apigw_oauth.deploy.shipping.deploy_error import DeployError

if TYPE_CHECKING:
    from apigw_oauth.checks.finding import Finding
    from apigw_oauth.project import Project

_API_OUTPUT = "ApiId"
_TIMEOUT = 30.0
"""Seconds, for the package of a function."""


class Whereabouts(NamedTuple):
    """Where to look for what is deployed; None stands for what the project and boto3 say."""

    stack: str | None = None
    api: str | None = None
    """Its identifier."""
    region: str | None = None
    profile: str | None = None
    endpoint_url: str | None = None


def findings_of_deployed(project: "Project", where: Whereabouts) -> "list[Finding]":
    """Read what is deployed of a project, and return what differs. Raises WrongUsageError."""
    try:
        account = aws.connect(
            profile=where.profile,
            region=where.region or project.file.deploy.region,
            endpoint_url=where.endpoint_url,
        )
        identifier = where.api or _of_stack(account, project, where.stack)
        with in_plain_words():
            deployed = reading.read(
                project,
                account.client,
                identifier=identifier,
                host_suffix=f".execute-api.{account.region}.{account.url_suffix}",
                fetch=_fetch,
            )
    except (DeployError, NotFoundError) as error:
        raise WrongUsageError(str(error)) from None
    return compare(project, deployed.api, deployed.functions)


def _of_stack(account: aws.Aws, project: "Project", name: str | None) -> str | None:
    """Return the API of the project's stack; None if there is no stack that has one, and none was asked for."""
    found = stack.find(account, name or stack_name(project))
    identifier = found.outputs.get(_API_OUTPUT) if found is not None else None
    if name is not None and identifier is None:
        what = "is not there" if found is None else f"has no output {_API_OUTPUT}"
        raise DeployError(f"--stack: {name} {what}; name the API itself with --api-id")
    return identifier


def _fetch(url: str) -> bytes:
    """Get a package. Raises OSError, which says nothing of the address: it is a key to the package."""
    import httpx2

    try:
        return httpx2.get(url, timeout=_TIMEOUT).raise_for_status().content
    except httpx2.HTTPError:
        raise OSError("the package was not to be had") from None
