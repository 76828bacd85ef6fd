"""What a Python file imports, read from its text: nothing is executed."""

import ast
from collections.abc import Iterator
from typing import NamedTuple


class Import(NamedTuple):
    """One import statement, or call of `import_module`."""

    module: str
    """Its full name."""
    names: tuple[str, ...]
    """What is taken from the module: attributes, or modules below it."""
    deferred: bool
    """Whether it stands in a function, so that it may never be executed."""


def imports_of(source: bytes, *, package: str) -> list[Import]:
    """Return what a file imports, leaving out what is for type checkers alone.

    `package` is where relative imports begin. Raises SyntaxError, and ValueError for what is no text.
    """
    return list(_imports(ast.parse(source), package, deferred=False))


def _imports(node: ast.AST, package: str, *, deferred: bool) -> Iterator[Import]:
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
            for otherwise in node.orelse:
                yield from _imports(otherwise, package, deferred=deferred)
            return
        case ast.Import():
            yield from (Import(alias.name, (), deferred) for alias in node.names)
        case ast.ImportFrom():
            names = tuple(alias.name for alias in node.names)
            yield Import(_absolute(node.module or "", node.level, package), names, deferred)
        case ast.Call(args=[argument, *more]) if _name_of(node.func) in {"import_module", "__import__"}:
            anchor = next(iter([*more, *(one.value for one in node.keywords if one.arg == "package")]), None)
            modules = _from(_beginning(argument), anchor, package)
            yield from (Import(module, (), deferred) for module in modules)
    inside = deferred or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    for child in ast.iter_child_nodes(node):
        yield from _imports(child, package, deferred=inside)


def _absolute(module: str, level: int, package: str) -> str:
    if level == 0:
        return module
    above = package.split(".")
    parts = above[: len(above) - level + 1]
    return ".".join([*parts, *filter(None, [module])])


def _from(names: list[str], anchor: ast.expr | None, package: str) -> list[str]:
    """Return full names: those with dots in front begin at an anchor, or nowhere if it is not to be seen here."""
    match anchor:
        case ast.Constant(value=str(text)):
            package = text
        case ast.Name(id="__package__" | "__name__"):
            pass
        case _:
            return [name for name in names if not name.startswith(".")]
    levels = {name: len(name) - len(name.lstrip(".")) for name in names}
    return [_absolute(name[level:], level, package) for name, level in levels.items()]


def _name_of(function: ast.expr) -> str | None:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return None


def _beginning(argument: ast.expr) -> list[str]:
    """Return the module that a text names, or that of which one is taken: `"a.b"`, `f"a.{name}"`."""
    match argument:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]) if "." in text:
            return [text.rpartition(".")[0]]
    return []
