"""apigw-oauth check: what can go wrong with a project once it is deployed."""

import json
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from apigw_oauth.cli.options import PROJECT_FILE, JsonOption, ProjectOption, settings_errors

if TYPE_CHECKING:
    from apigw_oauth.checks.finding import Finding

_WIDTH = 100
_HEADINGS = {"error": ("red", "Errors"), "warning": ("yellow", "Warnings"), "info": ("cyan", "Worth knowing")}


def check(*, project: ProjectOption = PROJECT_FILE, as_json: JsonOption = False) -> None:
    """Say what can go wrong with the project once it is deployed, and what to change.

    Looks at settings, routes, the OpenAPI document, gateway responses and limits, and whether the authorizer's
    answers stay right while API Gateway keeps them. Asks nobody, and sends nothing.

    Each finding has a severity (error: wrong or not safe; warning: wrong under circumstances; info: worth
    knowing), a stable code, which docs/checks.md explains, a place, and a mend. Exit status: 1 if there is an
    error, 0 if not, 2 for settings that cannot be loaded.
    """
    from apigw_oauth.checks.checks import check as find
    from apigw_oauth.project import load_project

    with settings_errors():
        findings = find(load_project(project))
    counts = {severity: sum(one.severity == severity for one in findings) for severity in _HEADINGS}
    if as_json:
        totals = {f"{severity}s": number for severity, number in counts.items()}
        typer.echo(json.dumps({"findings": [one._asdict() for one in findings], **totals}))
    else:
        _print(findings)
        typer.echo(", ".join(f"{number} {_noun(severity, number)}" for severity, number in counts.items()))
    if counts["error"]:
        raise typer.Exit(1)


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
        text, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def _noun(severity: str, number: int) -> str:
    return severity if number == 1 or severity == "info" else f"{severity}s"
