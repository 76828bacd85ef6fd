"""Result codes and their texts, and how they appear in an OAuth error."""

import re
from collections.abc import Mapping
from pkgutil import get_data

from apigw_oauth.authserver.settings import AuthserverSettings

_MAX_VALUE_LENGTH = 200
# RFC 6749 §5.2 allows these in error_description; they are also safe inside a quoted string of a header.
_FORBIDDEN = re.compile(r"[^\x20\x21\x23-\x5b\x5d-\x7e]", re.ASCII)


def _load() -> Mapping[str, str]:
    # Not importlib.resources, which imports zipfile and tempfile: 10 ms of a start.
    lines = (get_data("apigw_oauth.authserver", "result_codes.txt") or b"").decode("utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines if not line.startswith("#"))


TEXTS: Mapping[str, str] = _load()


def text(code: str, *values: object) -> str:
    """Say what a code means. Values that come from a request lose what RFC 6749 §5.2 forbids, and their tail."""
    return TEXTS[code].format(*(clean(str(value))[:_MAX_VALUE_LENGTH] for value in values))


def message(code: str, *values: object) -> str:
    """Write a `resultMessage` or `error_description`: the code in brackets and its text."""
    return f"[{code}] {text(code, *values)}"


def clean(value: str) -> str:
    """Remove what may not stand in an `error_description` or a quoted header value."""
    return _FORBIDDEN.sub("", value)


def oauth_error(settings: AuthserverSettings, error: str, code: str, *values: object) -> dict[str, str]:
    """Write an OAuth error: `error`, then `error_description` and `error_uri` unless the service omits them.

    The server's own codes have no `error_uri`, since no page explains them at Authlete.
    """
    parameters = {"error": error}
    if not settings.error_description_omitted:
        parameters["error_description"] = message(code, *values)
    if not settings.error_uri_omitted and code.startswith("A"):
        parameters["error_uri"] = f"{settings.error_uri_base}{code}"
    return parameters
