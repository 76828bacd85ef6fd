"""The modules of this package that a function can import, found by reading who imports whom."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import apigw_oauth
from apigw_oauth.deploy.packaging.configuration import CONDITIONS, Configuration
from apigw_oauth.deploy.packaging.lean_source import lean
from apigw_oauth.deploy.packaging.python_imports import Import, imports_of

PACKAGE = "apigw_oauth"
ROOT = Path(apigw_oauth.__file__).parent

_AUTHORIZER = f"{PACKAGE}.authorizer"
_CRYPTOGRAPHY = "cryptography"


class Needed(NamedTuple):
    """What of this package goes along, and what it needs of others."""

    files: dict[str, bytes]
    """By their path in the ZIP."""
    cryptography: tuple[str, ...]
    """What of `cryptography` is imported; empty where signatures are nobody's business."""


_Source = Callable[[str], bytes]
"""Returns the source of a module."""


class _Edge(NamedTuple):
    source: str
    target: str
    deferred: bool


def needed(
    configuration: Configuration | None, *, entry: Iterable[str], asked_for: Iterable[Import] = ()
) -> Needed:
    """Return what can be imported: from the entry points as configured, and by somebody's own modules.

    `asked_for` is what own modules import of this package. They may call what they like, so that everything goes
    along which that can import, with every name that the sources have.
    """
    found: set[str] = set()
    asked_for = tuple(asked_for)
    source = _lean if not asked_for else _plain
    _follow(_with_parents(entry), found, configuration, source)
    _follow(_named(asked_for), found, None, source)
    _follow(_with_parents([*found]), found, configuration, source)
    ours = sorted(name for name in found if _file(name) is not None)
    files = {f"{PACKAGE}/{_file(name)}": source(name) for name in ours}
    return Needed(files, tuple(sorted(name for name in found if name.startswith(_CRYPTOGRAPHY))))


def _follow(names: Iterable[str], found: set[str], configuration: Configuration | None, source: _Source) -> None:
    """Add modules and all that they import; without a configuration, whatever may stand in their functions."""
    waiting, seen = [*names], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        found.add(name)
        waiting += [edge.target for edge in _edges(name, source) if _is_followed(edge, configuration)]
        if configuration is not None:
            waiting += _with_parents([name])


def _is_followed(edge: _Edge, configuration: Configuration | None) -> bool:
    target = _CRYPTOGRAPHY if edge.target.startswith(_CRYPTOGRAPHY) else edge.target
    condition = CONDITIONS.get((edge.source, target))
    return not edge.deferred or configuration is None or condition is None or condition(configuration)


@cache
def _edges(name: str, source: _Source) -> tuple[_Edge, ...]:
    file = _file(name)
    if file is None:
        return ()
    package = name if file.endswith("__init__.py") else name.rpartition(".")[0]
    edges = [
        _Edge(name, target, one.deferred)
        for one in imports_of(source(name), package=package)
        for target in _targets(one)
    ]
    # Verifiers are named in a table, and imported by their name.
    chosen = [target for chooser, target in CONDITIONS if chooser == name and target != _CRYPTOGRAPHY]
    return (*edges, *(_Edge(name, target, deferred=True) for target in chosen))


def _plain(name: str) -> bytes:
    return (ROOT / str(_file(name))).read_bytes()


@cache
def _lean(name: str) -> bytes:
    """Return a module as it goes along where nobody else looks into it."""
    return lean(_plain(name)) if name.startswith(_AUTHORIZER) else _plain(name)


def _targets(one: Import) -> Iterator[str]:
    if one.module.partition(".")[0] == _CRYPTOGRAPHY:
        yield from (one.module, *(f"{one.module}.{name}" for name in one.names))
    if one.module.partition(".")[0] != PACKAGE:
        return
    below = [f"{one.module}.{name}" for name in one.names]
    yield from (name for name in below if _file(name) is not None)
    if not one.names or any(_file(name) is None for name in below):
        yield one.module


def _named(asked_for: Iterable[Import]) -> Iterator[str]:
    """Return what own modules name: the public names of the package are modules of the authorizer."""
    for one in asked_for:
        if one.module == PACKAGE:
            homes = apigw_oauth._HOMES  # noqa: SLF001 - the one table of where the public names are
            names = one.names or tuple(homes)
            yield from (f"{PACKAGE}.authorizer.{homes[name]}" for name in names if name in homes)
        yield from _targets(one)


def _with_parents(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield name
        while "." in name:
            name = name.rpartition(".")[0]  # noqa: PLW2901 - up to the package
            yield name


@cache
def _file(name: str) -> str | None:
    """Return the file of a module of this package, as a path inside of it."""
    top, _, rest = name.partition(".")
    if top != PACKAGE:
        return None
    path = rest.replace(".", "/")
    candidates = [f"{path}/__init__.py" if path else "__init__.py", *([f"{path}.py"] if path else [])]
    return next((one for one in candidates if (ROOT / one).is_file()), None)
