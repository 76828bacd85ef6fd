"""Somebody's own verifier: `type = "my_module:MyVerifier"`, found beside the project file.

See docs/own-verifiers.md.
"""

from collections.abc import Mapping
from typing import Any

from apigw_oauth.authorizer import own_code
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InvalidTokenError, SettingsError, place_of
from apigw_oauth.authorizer.facts import wrong_fact
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.verifier import TokenVerifier, prepare


def require_form(kind: str, directory: str) -> None:
    """Raise SettingsError for a type that names nothing which could be loaded; executes nothing."""
    module, _ = _split(kind)
    own_code.require_module(module, directory, key="type")


def load(kind: str, table: Mapping[str, Any], directory: str) -> "OwnVerifier":
    """Import the class that a type names, and make it with the keys of its table as keyword arguments.

    Raises SettingsError, without what other code says: that could hold a secret of the table.
    """
    module_name, name = _split(kind)
    with own_code.importable(directory):
        made_by = getattr(own_code.import_module(module_name, directory, key="type"), name, None)
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

    def prepare(self) -> None:
        """Have the verifier prepare itself."""
        prepare(self._verifier)

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


def _make(made_by: Any, table: Mapping[str, Any]) -> TokenVerifier:
    try:
        verifier: TokenVerifier = made_by(**table)
    except SettingsError as error:
        raise SettingsError(str(error)) from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever somebody's class does, nothing may start with it
        trace = error.__traceback__
        if isinstance(error, TypeError) and trace is not None and trace.tb_next is None:
            # Python's own words about the arguments: they name keys, and no values.
            raise SettingsError(f"type: the keys of the table do not fit: {error}") from None
        raise SettingsError(f"type: {_name(made_by)} cannot be made: {place_of(error)}") from None
    return verifier


def _name(made_by: Any) -> str:
    return str(getattr(made_by, "__name__", "the class"))
