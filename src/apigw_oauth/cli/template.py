"""apigw-oauth template: what is deployed, in the language of somebody else's tool."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from apigw_oauth.cli.options import PROJECT_FILE, JsonOption, ProjectOption, WrongUsageError, settings_errors
from apigw_oauth.cli.target_options import DEFAULT_ARCH, ArchOption, PythonOption, target_of

if TYPE_CHECKING:
    from apigw_oauth.deploy.blueprint import Blueprint
    from apigw_oauth.project import Project

_OPENAPI = "openapi"

NameArgument = Annotated[
    str, typer.Argument(metavar="LANGUAGE", help="cloudformation, terraform or openapi.", show_default=False)
]
OutputOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="The file to write; standard output by default.", metavar="FILE"),
]
AuthorizerOnlyOption = Annotated[
    bool,
    typer.Option(
        "--authorizer-only",
        metavar="",
        help="Only the authorizer, to be attached to an API that is there, whose id is asked for.",
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="openapi: a value for a placeholder of the document, which lists them; may be repeated.",
        metavar="NAME=VALUE",
    ),
]
FnSubOption = Annotated[
    bool,
    typer.Option(
        "--fn-sub",
        metavar="",
        help="openapi: write placeholders as Fn::Sub, for a template of CloudFormation or SAM that includes it.",
    ),
]


def template(
    name: NameArgument,
    *,
    output: OutputOption = None,
    authorizer_only: AuthorizerOnlyOption = False,
    settings: SetOption = None,
    fn_sub: FnSubOption = False,
    arch: ArchOption = DEFAULT_ARCH,
    python: PythonOption = None,
    project: ProjectOption = PROJECT_FILE,
    as_json: JsonOption = False,
) -> None:
    """Print what is deployed for the project as a template: for CloudFormation (and SAM), Terraform, or OpenAPI.

    In it are the authorizer's function with a role that allows what it needs and no more, its log group, an alarm,
    the authorizer with the identity sources and the TTL that the project's cache mode needs, and the whole API:
    routes, integrations, gateway responses, stage. What differs from one deployment to the next is a parameter:
    where the code is (`apigw-oauth package` builds it), the environment variables that `env:` references name,
    and the reserved concurrency.

    Give the same --arch and --python to `package`. Nobody is asked, and nothing is sent; `apigw-oauth deploy` does
    all of it. Exit status: 2 for what cannot be deployed.

    `apigw-oauth template cloudformation -o template.yaml`

    `apigw-oauth template openapi --set AuthorizerFunctionArn=arn:aws:lambda:…`
    """
    target, values = target_of(arch, python), _values(settings or [], name, fn_sub=fn_sub)
    from apigw_oauth.deploy.draft import draft
    from apigw_oauth.deploy.templates import TEMPLATES, render
    from apigw_oauth.project import load_project

    if name not in TEMPLATES:
        raise WrongUsageError(f"there is no template {name!r}; name one of {', '.join(TEMPLATES)}")
    with settings_errors():
        scope: Literal["api", "authorizer"] = "authorizer" if authorizer_only else "api"
        loaded = load_project(project)
        _require_a_file_of_its_own(output, loaded)
        blueprint = draft(loaded, target=target, scope=scope, imported=name == _OPENAPI)
        content = _document(blueprint, values, fn_sub=fn_sub) if name == _OPENAPI else render(name, blueprint)
    _write(json.dumps({"template": name, "content": content}) + "\n" if as_json else content, output)


def _document(blueprint: "Blueprint", values: dict[str, str], *, fn_sub: bool) -> str:
    """Return the OpenAPI document, whose placeholders are no parameters of a language."""
    from apigw_oauth.deploy.templates import openapi

    return openapi.render(blueprint, values, fn_sub=fn_sub)


def _require_a_file_of_its_own(output: Path | None, project: "Project") -> None:
    """Raise WrongUsageError for what the project is made of: `-o openapi.yaml` is typed soon."""
    named = project.file.api.openapi
    made_of = [project.path, *([] if named is None else [project.directory / named])]
    if output is not None and output.resolve() in {one.resolve() for one in made_of}:
        raise WrongUsageError(f"--output: {output} is part of the project; name another file")


def _write(text: str, output: Path | None) -> None:
    """Write a file, or standard output. Raises WrongUsageError."""
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WrongUsageError(f"--output: {output}: {error.strerror}; name a file that can be written") from None


def _values(settings: list[str], name: str, *, fn_sub: bool) -> dict[str, str]:
    """Read NAME=VALUE. Raises WrongUsageError, also for what is for documents alone."""
    if (settings or fn_sub) and name != _OPENAPI:
        option = "--set" if settings else "--fn-sub"
        raise WrongUsageError(f"{option}: is for {_OPENAPI}; {name} has parameters of its own")
    values = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not value:
            raise WrongUsageError("--set: must be NAME=VALUE; the document lists the names")
        values[key] = value
    return values
