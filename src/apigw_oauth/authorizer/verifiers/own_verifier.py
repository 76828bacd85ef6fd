"""Somebody's own verifier: `type = "my_module:MyVerifier"`, found beside the project file.

See docs/own-verifiers.md.
"""

import importlib
import importlib.machinery
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InvalidTokenError, SettingsError
from apigw_oauth.authorizer.facts import wrong_fact
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.verifier import TokenVerifier


def require_form(kind: str, directory: str) -> None:
    """Raise SettingsError for a type that names nothing which could be loaded; executes nothing."""
    module, _ = _split(kind)
    top = module.partition(".")[0]
    if top not in sys.modules and importlib.machinery.PathFinder.find_spec(top, [directory, *sys.path]) is None:
        raise _not_found(module, directory)


def load(kind: str, table: Mapping[str, Any], directory: str) -> "OwnVerifier":
    """Import the class that a type names, and make it with the keys of its table as keyword arguments.

    Raises SettingsError, without what other code says: that could hold a secret of the table.
    """
    module_name, name = _split(kind)
    with _importable(directory):
        made_by = getattr(_import(module_name, directory), name, None)
        if not callable(made_by):
            raise SettingsError(f"type: the module {module_name} has no class {name}; define it there")
        verifier = _make(made_by, table)
    for method in ("recognizes", "verify"):
        if not callable(getattr(verifier, method, None)):
            raise SettingsError(f"type: {name} has no method {method}; a verifier has recognizes and verify")
    return OwnVerifier(verifier, kind)


class OwnVerifier:
    """Asks somebody's own verifier, and takes nothing for an answer that is none."""

    def __init__(self, verifier: TokenVerifier, kind: str) -> None:
        self._verifier = verifier
        self._kind = kind

    def recognizes(self, token: str) -> bool:
        """Say what the verifier says. Raises SettingsError where that is neither yes nor no."""
        said: object = self._verifier.recognizes(token)
        if not isinstance(said, bool):
            raise SettingsError(f"{self._kind}: recognizes must return True or False, and returned something else")
        return said

    def verify(self, token: str, request: Request) -> AccessToken:
        """Return the facts about the token.

        Raises what the verifier raises, and SettingsError where it returns something else.
        """
        if not self.recognizes(token):
            raise InvalidTokenError("The access token is of another issuer.", reason=Reason.UNRECOGNIZED_TOKEN)
        found: object = self._verifier.verify(token, request)
        if not isinstance(found, AccessToken):
            raise SettingsError(f"{self._kind}: verify must return an AccessToken, and returned something else")
        wrong = wrong_fact(found)
        if wrong is not None:
            raise SettingsError(f"{self._kind}: verify returned an AccessToken with a wrong {wrong}")
        return found


def _split(kind: str) -> tuple[str, str]:
    module, _, name = kind.partition(":")
    if not name.isidentifier() or not all(part.isidentifier() for part in module.split(".")):
        raise SettingsError(f'type: {kind!r} is not of the form "my_module:MyVerifier"')
    return module, name


def _import(name: str, directory: str) -> ModuleType:
    _forget_others(name.partition(".")[0], directory)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise _not_found(name, directory) from None
        raise SettingsError(
            f"type: the module {name} imports {error.name}, which is not there; install it, or put it beside"
        ) from None
    except Exception as error:  # noqa: BLE001 - whatever somebody's module does, nothing may start with it
        raise SettingsError(f"type: the module {name} cannot be imported: {_where(error)}") from None


def _make(made_by: Any, table: Mapping[str, Any]) -> TokenVerifier:
    try:
        verifier: TokenVerifier = made_by(**table)
    except SettingsError as error:
        raise SettingsError(str(error)) from None
    except Exception as error:  # noqa: BLE001 - whatever somebody's class does, nothing may start with it
        trace = error.__traceback__
        if isinstance(error, TypeError) and trace is not None and trace.tb_next is None:
            # Python's own words about the arguments: they name keys, and no values.
            raise SettingsError(f"type: the keys of the table do not fit: {error}") from None
        raise SettingsError(f"type: {_name(made_by)} cannot be made: {_where(error)}") from None
    return verifier


def _name(made_by: Any) -> str:
    return str(getattr(made_by, "__name__", "the class"))


def _where(error: Exception) -> str:
    """Name the kind of an error and the line it came from, but not its message, which may hold a secret."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if isinstance(error, SyntaxError) or trace is None:
        line = f":{error.lineno}" if isinstance(error, SyntaxError) else ""
        return f"{type(error).__name__}{line}"
    return f"{type(error).__name__} in {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"


def _not_found(module: str, directory: str) -> SettingsError:
    return SettingsError(f"type: there is no module {module} in {directory}; write it, or name another one")


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


@contextmanager
def _importable(directory: str) -> Iterator[None]:
    """Look into the directory first while something is loaded; afterwards last, for imports inside functions."""
    entry = os.path.abspath(directory)
    sys.path.insert(0, entry)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(entry)
        if entry not in sys.path:
            sys.path.append(entry)
