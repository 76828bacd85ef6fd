"""The ZIP file of the functions behind the routes."""

from pathlib import Path

from apigw_oauth.deploy import library_modules, local_modules, own_modules
from apigw_oauth.deploy import wheels as wheel_files
from apigw_oauth.deploy.package import Content, Package, Progress, finish, say_nothing
from apigw_oauth.deploy.target import Target
from apigw_oauth.project import Project


def build_functions(
    project: Project, *, output: Path, target: Target, wheels: Path | None = None, progress: Progress = say_nothing
) -> Package | None:
    """Write the functions that routes are integrated with, and what they import; None where there is none.

    The handler of `functions.py:hello` is `functions.hello` there. Raises PackageError.
    """
    integrations = [one.integration for one in (*project.routes, *project.message_routes)]
    functions = [one.function for one in integrations if one is not None and one.function is not None]
    if not functions:
        return None
    local = local_modules.reachable(project.directory, [one.rpartition(":")[0] for one in functions])
    own = own_modules.needed(None, entry=[], asked_for=local.ours)
    used = (*own.cryptography, *local.cryptography)
    libraries = wheel_files.libraries(target, wheels, progress) if used else wheel_files.NONE
    content = Content(
        ours=own.files,
        sources=local.files,
        others=libraries.files,
        compiled_others=library_modules.imported(libraries.files, used),
        libraries=libraries.versions,
        warnings=local.warnings(),
    )
    return finish(content, output=output, target=target, progress=progress)
