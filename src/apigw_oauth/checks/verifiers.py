"""Where tokens are verified, and what is asked of them beside being valid."""

from collections.abc import Iterator

from apigw_oauth.checks import place
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.listing import listed
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import Project

_LATER = ("ssm:", "secretsmanager:")


def missing(project: Project) -> Iterator[Finding]:
    """Find a project that can run nowhere but here."""
    if project.file.authorizer.handler is None and not project.file.verifiers:
        yield Rule.NO_VERIFIER.found(
            place.of_key(project, "verifiers"),
            "Only the development authorization server can verify tokens: this project cannot be deployed.",
            mend='add [[verifiers]], such as type = "authlete" with base_url, api_key and api_secret',
        )


def audience(project: Project) -> Iterator[Finding]:
    """Say what keeps tokens that were issued for other APIs away from this one."""
    if project.file.authorizer.handler is not None:
        return
    any_token = [
        one.route.key for one in project.routes if not one.route.public and frozenset() in one.route.any_of
    ]
    beside = f" Any of them will do for {listed(any_token)}." if any_token else ""
    for number, table in enumerate(project.file.verifiers):
        if table.get("type") == "authlete":
            yield Rule.AUDIENCE.found(
                place.of_key(project, f"verifiers[{number}]"),
                "Every valid token of this Authlete service is taken, whatever resource it was issued for"
                f" (RFC 8707). What keeps others out is the service, and the scopes of the routes.{beside}",
                mend="let APIs that do not trust one another have services of their own, or scopes of their own",
            )


def plain_http(project: Project) -> Iterator[Finding]:
    """Find verifiers that are asked without TLS: on this machine, since others are refused."""
    for number, table in enumerate(project.file.verifiers):
        if str(table.get("base_url", "")).lower().startswith("http://"):
            yield Rule.PLAIN_HTTP_VERIFIER.found(
                place.of_key(project, f"verifiers[{number}].base_url"),
                "It is an address of this machine, where a deployed authorizer finds nothing.",
                mend="name the authorization server with https://; `apigw-oauth serve` brings its own",
            )


def references(project: Project) -> Iterator[Finding]:
    """Find references with which the authorizer would not start."""
    for number, table in enumerate(project.file.verifiers):
        for key, value in table.items():
            if isinstance(value, str) and value.startswith(_LATER):
                yield Rule.LATER_REFERENCE.found(
                    place.of_key(project, f"verifiers[{number}].{key}"),
                    f"{value.partition(':')[0]}: is not supported yet, so that the authorizer would not start.",
                    mend='use "env:NAME" or "file:PATH"',
                )
