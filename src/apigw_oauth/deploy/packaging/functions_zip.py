"""The ZIP file of the functions behind the routes."""

from pathlib import Path

from apigw_oauth.deploy import draft, static_answers
from apigw_oauth.deploy.packaging import library_modules, local_modules, own_modules
from apigw_oauth.deploy.packaging import wheels as wheel_files
from apigw_oauth.deploy.packaging.package import Content, Package, Progress, finish, say_nothing
from apigw_oauth.deploy.target import Target
from apigw_oauth.project import Project


def build_functions(
    project: Project, *, output: Path, target: Target, wheels: Path | None = None, progress: Progress = say_nothing
) -> Package | None:
    """Write the functions that routes are integrated with, and what they import; None where there is none.

    The handler of `functions.py:hello` is `functions.hello` there. What nobody answers in an HTTP API has a
    function there too. Raises SettingsError, PackageError.
    """
    integrations = [one.integration for one in project.routes]
    integrations += [one.integration for one in project.message_routes]
    functions = [one.function for one in integrations if one is not None and one.function is not None]
    nobody = draft.unanswered(project) if project.file.api.type == "http" else {}
    if not functions and not nobody:
        return None
    answers = static_answers.files(nobody) if nobody else {}
    local = local_modules.reachable(project.directory, [one.rpartition(":")[0] for one in functions])
    own = own_modules.needed(None, entry=[], asked_for=local.ours)
    used = (*own.cryptography, *local.cryptography)
    libraries = wheel_files.libraries(target, wheels, progress) if used else wheel_files.NONE
    content = Content(
        ours={},
        sources={
            **own.files,
            **local.files,
            **{name: one for name, one in answers.items() if name.endswith(".py")},
        },
        others={**libraries.files, **{name: one for name, one in answers.items() if not name.endswith(".py")}},
        compiled_others=library_modules.imported(libraries.files, used),
        libraries=libraries.versions,
        warnings=local.warnings("function_layers"),
    )
    return finish(content, output=output, target=target, progress=progress)
