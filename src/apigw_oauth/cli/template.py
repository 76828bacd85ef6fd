"""apigw-oauth template: what is deployed, in the language of somebody else's tool."""

import json
from pathlib import Path
from typing import Annotated

import typer

from apigw_oauth.cli.options import PROJECT_FILE, JsonOption, ProjectOption, WrongUsageError, settings_errors
from apigw_oauth.cli.target_options import DEFAULT_ARCH, ArchOption, PythonOption, target_of

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


def template(
    name: NameArgument,
    *,
    output: OutputOption = None,
    authorizer_only: AuthorizerOnlyOption = False,
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
    """
    target = target_of(arch, python)
    from apigw_oauth.deploy.draft import draft
    from apigw_oauth.deploy.templates import TEMPLATES, render
    from apigw_oauth.project import load_project

    if name not in TEMPLATES:
        raise WrongUsageError(f"there is no template {name!r}; name one of {', '.join(TEMPLATES)}")
    with settings_errors():
        loaded = load_project(project)
        content = render(name, draft(loaded, target=target, scope="authorizer" if authorizer_only else "api"))
    text = json.dumps({"template": name, "content": content}) + "\n" if as_json else content
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WrongUsageError(f"--output: {output}: {error.strerror}; name a file that can be written") from None
