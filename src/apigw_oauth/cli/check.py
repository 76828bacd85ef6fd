"""apigw-oauth check: what can go wrong with a project once it is deployed."""

import json
import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from apigw_oauth.cli.aws_options import EndpointOption, ProfileOption, RegionOption
from apigw_oauth.cli.options import PROJECT_FILE, JsonOption, ProjectOption, WrongUsageError, settings_errors
from apigw_oauth.cli.text_width import text_width

if TYPE_CHECKING:
    from apigw_oauth.checks.finding import Finding
    from apigw_oauth.project import Project

_MEND = "change what the message names; until then `apigw-oauth serve` refuses the project with the same words"
# In the place of the verifiers, so that no reference is resolved. Nothing is ever sent there.
_LOCAL = {
    "base_url": "http://127.0.0.1:1",
    **dict.fromkeys(("api_key", "api_secret", "service_id", "service_access_token"), "none"),
}
_HEADINGS = {"error": ("red", "Errors"), "warning": ("yellow", "Warnings"), "info": ("cyan", "Worth knowing")}


DeployedOption = Annotated[
    bool, typer.Option("--deployed", metavar="", help="Look at what is deployed too; needs AWS credentials.")
]
StackOption = Annotated[
    str | None,
    typer.Option(
        "--stack", metavar="NAME", help="With --deployed: the stack; that of the project, if it is there."
    ),
]
ApiIdOption = Annotated[
    str | None,
    typer.Option(
        "--api-id", metavar="ID", help="With --deployed: the API; that of the stack, or of the same name."
    ),
]


def check(
    *,
    deployed: DeployedOption = False,
    stack: StackOption = None,
    api_id: ApiIdOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
    endpoint_url: EndpointOption = None,
    project: ProjectOption = PROJECT_FILE,
    as_json: JsonOption = False,
) -> None:
    """Say what can go wrong with the project once it is deployed, and what to change.

    Looks at settings, routes, the OpenAPI document, gateway responses and limits, and whether the authorizer's
    answers stay right while API Gateway keeps them, and whether `serve` would take the project. Asks nobody, and
    sends nothing.

    With `--deployed` it asks AWS besides: for routes that ask no authorizer, another TTL or other identity
    sources, missing gateway responses, an open default endpoint, a package of another state of the project. It
    changes nothing there.

    Each finding has a severity (error: wrong or not safe; warning: wrong under circumstances; info: worth
    knowing), a stable code, which docs/checks.md explains, a place, and a mend. Exit status: 1 if there is an
    error, 0 if not, 2 for settings that cannot be loaded, and for an API that cannot be found or read.

    `apigw-oauth check --deployed --stack mydemo-test`
    """
    from apigw_oauth.project import load_project

    elsewhere = (stack, api_id, region, profile, endpoint_url)
    if not deployed and any(one is not None for one in elsewhere):
        raise WrongUsageError("--stack, --api-id, --region, --profile and --endpoint-url go with --deployed")
    with settings_errors():
        loaded = load_project(project)
        findings = findings_of(loaded)
    if deployed:
        from apigw_oauth.cli.check_deployed import Whereabouts, findings_of_deployed

        findings = [*findings_of_deployed(loaded, Whereabouts(*elsewhere)), *findings]
        findings.sort(key=lambda one: list(_HEADINGS).index(one.severity))
    counts = {severity: sum(one.severity == severity for one in findings) for severity in _HEADINGS}
    if as_json:
        totals = {f"{severity}s": number for severity, number in counts.items()}
        typer.echo(json.dumps({"findings": [one._asdict() for one in findings], **totals}))
    else:
        _print(findings)
        typer.echo(", ".join(f"{number} {_noun(severity, number)}" for severity, number in counts.items()))
    if counts["error"]:
        raise typer.Exit(1)


def findings_of(project: "Project") -> "list[Finding]":
    """Return what is found in a project, and what `serve` would refuse of it. Nothing is started."""
    from apigw_oauth.checks.checks import check as find

    return find(project, beside=(*_refused_api(project), *_refused_authserver(project)))


def _refused_api(project: "Project") -> Iterator["Finding"]:
    """Define the API as `serve` does, and say what is wrong with it."""
    from apigw_oauth.authorizer.errors import SettingsError
    from apigw_oauth.checks import place
    from apigw_oauth.checks.rules import Rule
    from apigw_oauth.cli.local_stack import local_api

    try:
        project.authorizer_settings(local=_LOCAL)
    except SettingsError:
        # It has a finding of its own; another function in the authorizer's place shows what else there is.
        project = _with_another_authorizer(project)
    try:
        local_api.define(project, local=_LOCAL, log=lambda _line: None, gateway_url="http://127.0.0.1:1")
    except (SettingsError, ValueError) as error:  # ApiDefinitionError is a ValueError
        message = str(error).removeprefix(f"{project.path}: ")
        yield Rule.SERVE_REFUSES_API.found(place.of_file(project), message, mend=_MEND)


def _with_another_authorizer(project: "Project") -> "Project":
    authorizer = project.file.authorizer.model_copy(update={"handler": "any.py:any", "cache": project.cache})
    return project._replace(file=project.file.model_copy(update={"authorizer": authorizer}))


def _refused_authserver(project: "Project") -> Iterator["Finding"]:
    """Read the settings of the authorization server as `serve` does, and say what is wrong with them."""
    from apigw_oauth.authserver.settings import AuthserverSettings, SettingsError
    from apigw_oauth.checks import place
    from apigw_oauth.checks.rules import Rule
    from apigw_oauth.cli.local_stack.authserver_settings import authserver_settings, place_of

    served = project.at("http://127.0.0.1:1")
    told = authserver_settings(served, base_url="http://127.0.0.1:1", store=project.file.local.store)
    try:
        AuthserverSettings.from_dict(told)
    except SettingsError as error:
        message = f"{error.reason}; the authorization server cannot start"
        yield Rule.SERVE_REFUSES_AUTHSERVER.found(place.of_key(project, place_of(error.key)), message, mend=_MEND)


def _print(findings: Sequence["Finding"]) -> None:
    """Print findings by severity; colours only on a terminal."""
    from rich.console import Console
    from rich.markup import escape

    out = Console(highlight=False, soft_wrap=True)
    for severity, (colour, heading) in _HEADINGS.items():
        some = [one for one in findings if one.severity == severity]
        if some:
            out.print(f"[bold {colour}]{heading}[/]\n")
        for one in some:
            out.print(f"[{colour}]{one.code}[/]  [dim]{escape(one.place)}[/]")
            out.print(escape(_wrapped(one.message)))
            out.print(escape(_wrapped(f"mend: {one.mend}")) + "\n")


def _wrapped(text: str) -> str:
    return textwrap.fill(
        text,
        text_width(),
        initial_indent="  ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _noun(severity: str, number: int) -> str:
    return severity if number == 1 or severity == "info" else f"{severity}s"
