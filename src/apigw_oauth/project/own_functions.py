"""Functions of somebody's own that the project file names as FILE.py:FUNCTION: found, without a line being run."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from apigw_oauth.authorizer import decision_hook
from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.project.project_file import Authorizer, Integration

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def check(
    authorizer: Authorizer, integrations: Iterable[tuple[str, Integration | None]], *, directory: Path
) -> None:
    """Raise SettingsError where the file of a function is not there. `integrations`: with the keys of routes."""
    named = [("authorizer.handler", authorizer.handler)]
    named += [(f'routes."{key}".integration.lambda', one.function) for key, one in integrations if one is not None]
    for key, reference in named:
        if reference is not None:
            _file(reference, directory, key=key)
    if authorizer.on_decision is not None:
        _check_hook(authorizer, authorizer.on_decision, directory)


def _check_hook(authorizer: Authorizer, reference: str, directory: Path) -> None:
    key = f"authorizer.{decision_hook.KEY}"
    if authorizer.handler is not None:
        raise SettingsError(f"{key}: the authorizer of authorizer.handler tells it nothing; remove one of the two")
    try:
        _, name = decision_hook.module_and_function(reference)
    except SettingsError as error:
        raise SettingsError(f"authorizer.{error}") from None
    file = _file(reference, directory, key=key)
    try:
        module = ast.parse(file.read_bytes())
    except SyntaxError as error:
        raise SettingsError(f"{key}: {file.name} is not Python, in line {error.lineno}; mend it") from None
    except (OSError, ValueError):
        raise SettingsError(f"{key}: {file.name} cannot be read as Python; mend it") from None
    found = dict(_names(module))
    if name not in found and "*" not in found:
        raise SettingsError(f"{key}: {file.name} has no function {name}; define it there")
    if isinstance(found.get(name), ast.AsyncFunctionDef):
        raise SettingsError(f"{key}: {name} is async, and nobody would wait for it; make it a plain function")
    if isinstance(found.get(name), ast.FunctionDef) and _is_generator(found[name]):
        raise SettingsError(f"{key}: {name} has a yield, and nobody would go through it; make it a plain function")


def _is_generator(function: ast.AST) -> bool:
    """Say whether there is a yield in a function, and not only in another one within it."""
    inside = [node for node in ast.iter_child_nodes(function) if not isinstance(node, _FUNCTIONS)]
    return any(isinstance(node, ast.Yield | ast.YieldFrom) or _is_generator(node) for node in inside)


def _file(reference: str, directory: Path, *, key: str) -> Path:
    file = directory / reference.rpartition(":")[0]
    if not file.is_file():
        raise SettingsError(
            f"{key}: the file {reference.rpartition(':')[0]} does not exist in {directory}; write it, or name"
            " another one"
        )
    return file


def _names(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Return what a module defines, with what does so; `*` where it cannot be told."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((one.asname or one.name, node) for one in node.names)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node
        yield from _names(node)
