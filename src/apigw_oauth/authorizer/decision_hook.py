"""DecisionHook: somebody's own function that is told of each decision, `on_decision = "telemetry.py:on_decision"`.

It learns what the log learns, and changes nothing: whatever it does, the answer is given. See docs/operations.md.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from apigw_oauth.authorizer import own_code
from apigw_oauth.authorizer.errors import SettingsError, place_of

KEY = "on_decision"
MOST_KINDS = 10
"""Kinds of errors that are logged, once each, in one Lambda environment."""

_FORM = re.compile(r"((?:[^\W\d]\w*/)*[^\W\d]\w*)\.py:([^\W\d]\w*)")


class DecisionHook:
    """Tells a function, and keeps what it raises to itself."""

    __slots__ = ("_function", "_known", "_name")

    def __init__(self, function: Callable[[dict[str, Any]], object], *, name: str) -> None:
        self._function = function
        self._name = name
        self._known: set[str] = set()

    def tell(self, facts: Mapping[str, Any]) -> str | None:
        """Call the function with a copy of the facts; return what the log should say of it, if anything."""
        try:
            self._function(dict(facts))
        except KeyboardInterrupt:  # somebody stops the local gateway
            raise
        except BaseException as error:  # noqa: BLE001 - SystemExit too: whatever it does, the answer is given
            kind = type(error).__name__
            if kind in self._known or len(self._known) >= MOST_KINDS:
                return None
            self._known.add(kind)
            return f"{KEY}: {self._name} failed: {place_of(error)}; this is said once"
        return None


def module_and_function(reference: str) -> tuple[str, str]:
    """Split FILE.py:FUNCTION into the names of a module and of a function. Raises SettingsError."""
    match = _FORM.fullmatch(reference)
    if match is None:
        raise SettingsError(
            f"{KEY}: {reference!r} is not FILE.py:FUNCTION, of a file in the project's directory or below"
        )
    return match[1].replace("/", "."), match[2]


def load(reference: str, directory: str) -> DecisionHook:
    """Import the function of a reference, which is found in the directory. Raises SettingsError."""
    module, name = module_and_function(reference)
    with own_code.importable(directory):
        function = getattr(own_code.import_module(module, directory, key=KEY), name, None)
    if not callable(function):
        raise SettingsError(f"{KEY}: the module {module} has no function {name}; define it there")
    return DecisionHook(function, name=reference)
