"""Path variables that REST APIs do not take."""

from collections.abc import Iterator

from apigw_oauth.authorizer.route import parse_path
from apigw_oauth.checks import place
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import Project


def siblings(project: Project) -> Iterator[Finding]:
    """Find two variables at one place: "A sibling of this resource already has a variable path part"."""
    if project.file.api.type != "rest":
        return
    first: dict[tuple[str, ...], tuple[str, str]] = {}
    reported = set[tuple[tuple[str, ...], str]]()
    for one in project.routes:
        path = one.route.key.partition(" ")[2]
        parts = path[1:].split("/")
        for depth, part in enumerate(parts):
            if not part.startswith("{"):
                continue
            before = parse_path("/" + "/".join(parts[:depth]))
            variable, elsewhere = first.setdefault(before, (part, path))
            if variable == part or (before, part) in reported:
                continue
            reported.add((before, part))
            yield Rule.SIBLING_VARIABLES.found(
                place.of_route(project, one),
                f"{path} has the variable {part} where {elsewhere} has {variable}. A resource of a REST API takes"
                " one variable below it, under one name, so that the second one cannot be created.",
                mend=_mend(part, variable),
            )


def _mend(part: str, variable: str) -> str:
    if part.endswith("+}") == variable.endswith("+}"):
        return f"call both {variable}"
    return "keep one of the two: a static part before the variable of the other route tells them apart"
