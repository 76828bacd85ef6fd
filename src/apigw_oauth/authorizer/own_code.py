"""Somebody's own modules, found beside the project file: imported, and not believed blindly.

No message repeats what other code says: that could hold a secret.
"""

import importlib
import importlib.machinery
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from apigw_oauth.authorizer.errors import SettingsError, place_of


def require_module(name: str, directory: str, *, key: str) -> None:
    """Raise SettingsError for a module that is not there; executes nothing. `key` is the one that names it."""
    top = name.partition(".")[0]
    if top not in sys.modules and importlib.machinery.PathFinder.find_spec(top, [directory, *sys.path]) is None:
        raise _not_found(name, directory, key)


def import_module(name: str, directory: str, *, key: str) -> ModuleType:
    """Import a module of the directory, which has to be importable. Raises SettingsError."""
    _forget_others(name.partition(".")[0], directory)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise _not_found(name, directory, key) from None
        raise SettingsError(
            f"{key}: the module {name} imports {error.name}, which is not there; install it, or put it beside"
        ) from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever somebody's module does, nothing may start with it
        raise SettingsError(f"{key}: the module {name} cannot be imported: {place_of(error)}") from None


@contextmanager
def importable(directory: str) -> Iterator[None]:
    """Look into the directory first while something is loaded; afterwards last, for imports inside functions."""
    entry = os.path.abspath(directory)
    sys.path.insert(0, entry)
    # What is known of the directory may be out of date. `importlib.invalidate_caches` forgets that of all others
    # too, and imports 45 modules for it in Python 3.13: a third of a cold start.
    inside = os.path.join(entry, "")
    for path in list(sys.path_importer_cache):  # a copy: other threads of the local gateway import, too
        if os.path.join(path, "").startswith(inside):
            sys.path_importer_cache.pop(path, None)
    try:
        yield
    finally:
        sys.path.remove(entry)
        if entry not in sys.path:
            sys.path.append(entry)


def _not_found(module: str, directory: str, key: str) -> SettingsError:
    return SettingsError(f"{key}: there is no module {module} in {directory}; write it, or name another one")


def _forget_others(top: str, directory: str) -> None:
    """Let the directory have its own module of a name, though another directory had one in this process."""
    loaded = sys.modules.get(top)
    file = getattr(loaded, "__file__", None)
    if loaded is None or file is None or top == "apigw_oauth" or top in sys.stdlib_module_names:
        return
    if os.path.abspath(file).startswith(os.path.join(os.path.abspath(directory), "")):
        return
    if importlib.machinery.PathFinder.find_spec(top, [directory]) is not None:
        for name in [name for name in sys.modules if name == top or name.startswith(f"{top}.")]:
            del sys.modules[name]
