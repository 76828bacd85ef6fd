"""The ZIP file of the functions behind the routes."""

from pathlib import Path

from apigw_oauth.deploy import local_modules, own_modules
from apigw_oauth.deploy.package import Package, finish
from apigw_oauth.deploy.target import Target
from apigw_oauth.project import Project


def build_functions(project: Project, *, output: Path, target: Target) -> Package | None:
    """Write the functions that routes are integrated with, and what they import; None where there is none.

    The handler of `functions.py:hello` is `functions.hello` there. Raises PackageError.
    """
    integrations = [one.integration for one in (*project.routes, *project.message_routes)]
    functions = [one.function for one in integrations if one is not None and one.function is not None]
    if not functions:
        return None
    local = local_modules.reachable(project.directory, [one.rpartition(":")[0] for one in functions])
    own = own_modules.needed(None, entry=[], asked_for=local.ours)
    warnings = [
        f"{path}: imports {name}, which is neither in the project nor in Lambda; it has to come from a layer"
        for name, path in sorted(local.others.items())
    ]
    return finish(
        {**local.files, **own.files}, output=output, target=target, libraries={}, warnings=warnings, progress=lambda _: None
    )
