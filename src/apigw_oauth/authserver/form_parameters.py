"""Forms that browsers and OAuth clients send."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from apigw_oauth.authserver.api_calls import BodyTooLargeError, media_type, read_body

_MAX_BODY = 64 * 1024
_MAX_FIELDS = 100

Form = Mapping[str, list[str]]


class MalformedFormError(Exception):
    """A body that is not a form of moderate size."""


async def read_form(request: Request) -> Form:
    """Read a form body; each name with all its values. No body is an empty form. Raises MalformedFormError."""
    try:
        body = await read_body(request, _MAX_BODY)
    except BodyTooLargeError:
        raise MalformedFormError from None
    if body and media_type(request) != "application/x-www-form-urlencoded":
        raise MalformedFormError
    return parse_form(body)


def parse_form(body: bytes) -> Form:
    """Read the text of a form. Raises MalformedFormError unless it is UTF-8. See RFC 6749 appendix B."""
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict"
        )
    except ValueError:
        raise MalformedFormError from None
    form: dict[str, list[str]] = {}
    for name, value in pairs:
        form.setdefault(name, []).append(value)
    return form


def single(form: Form, name: str) -> str:
    """Take a value that is there once, the empty string when it is absent. Raises MalformedFormError."""
    values = form.get(name, [""])
    if len(values) > 1:
        raise MalformedFormError
    return values[0]
