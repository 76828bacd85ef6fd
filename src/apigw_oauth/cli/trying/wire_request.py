"""What stands on the command line → the request that a client would send."""

import getpass
import re
from collections.abc import Sequence
from typing import TextIO

from apigw_oauth.cli.options import WrongUsageError
from apigw_oauth.gateway.api import VERBS
from apigw_oauth.gateway.http_messages import GatewayRequest, HeaderList, sendable
from apigw_oauth.project.project_file import Address

_FROM_STANDARD_INPUT = "-"
_NOT_IN_TARGET = re.compile(r"[^!-~]|#")


def make(method: str, target: str, headers: HeaderList, *, host: Address) -> GatewayRequest:
    """Return the request, with the two headers that every client sends; `host` is where the gateway would be."""
    named = {name.lower() for name, _ in headers}
    own = (("Host", f"{host.host}:{host.port}"), ("User-Agent", "apigw-oauth-try"))
    added = tuple((name, value) for name, value in own if name.lower() not in named)
    return GatewayRequest(method, target, (*added, *headers), port=host.port)


def read_method(text: str) -> str:
    """Return the method as it is typed: API Gateway tells capitals from small letters. Raises WrongUsageError."""
    if text.upper() not in VERBS:
        raise WrongUsageError(f"METHOD: {text!r} is not one of {', '.join(VERBS)}")
    return text


def read_path(text: str) -> str:
    """Return path and query as a request has them. Raises WrongUsageError."""
    if not text.startswith("/"):
        hint = ", without scheme and host" if "://" in text else ""
        raise WrongUsageError(f"PATH: {text!r} must begin with a slash: the path below the stage{hint}")
    if found := _NOT_IN_TARGET.search(text):
        raise WrongUsageError(f"PATH: {found[0]!r} cannot stand in a request; write it percent-encoded")
    return text


def read_headers(texts: Sequence[str]) -> HeaderList:
    """Read headers such as `Name: value`. Raises WrongUsageError, which never shows a value."""
    headers = []
    for text in texts:
        name, colon, value = text.partition(":")
        if not colon or not sendable(name, ""):
            raise WrongUsageError(f'--header: must be "Name: value"; {_start(name)!r}… is not')
        if not sendable(name, value):
            raise WrongUsageError(f"--header: the value of {name} has a character that no header may have")
        headers.append((name, value.strip()))
    return tuple(headers)


def _start(name: str) -> str:
    """Return as much of what should be a name as can be shown: somebody may have left the name out."""
    return name[:6]


def read_token(text: str, stdin: TextIO) -> str:
    """Return the token; `-` stands for standard input. Raises WrongUsageError, which never shows it."""
    place = "--token"
    if text == _FROM_STANDARD_INPUT:
        place = "the token on standard input"
        text = getpass.getpass("Token: ") if stdin.isatty() else stdin.read()
    token = text.strip()
    if not token:
        raise WrongUsageError(f"{place}: is empty; leave --token out for a request without one")
    if any(character.isspace() for character in token):
        raise WrongUsageError(
            f'{place}: holds a space; give the token alone, or --header "Authorization: …" with its scheme'
        )
    if not sendable("Authorization", token):
        raise WrongUsageError(f"{place}: holds a character that no header may have")
    return token
