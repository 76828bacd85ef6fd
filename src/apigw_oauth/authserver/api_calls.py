"""Calls of Authlete's API as they arrive: parameters of JSON and form bodies, and the errors of the API itself."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from apigw_oauth.authserver import result_codes, strict_json

MAX_BODY = 256 * 1024
_MAX_FORM_FIELDS = 100
_MAX_INTEGER = 2**63 - 1  # client IDs have 64 bits
_MAX_DIGITS = 19
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"pragma", b"no-cache"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-type", _JSON.encode("ascii")),
)
_write = json.JSONEncoder(separators=(",", ":")).encode


class ApiError(Exception):
    """An error of the API call itself: an HTTP status and a result code, no `action`."""

    def __init__(self, status: int, code: str, *values: object, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.values = values
        self.headers = headers

    def response(self, path: str | None = None) -> Response:
        """Write the answer; `path` is the API path without `/api` and service ID, None when it names no API."""
        where = f"{path}, " if path else ""
        text = f"[{self.code}] {where}{result_codes.text(self.code, *self.values)}"
        body = {"resultCode": self.code, "resultMessage": text}
        return json_response(body, status=self.status, headers=self.headers)


class BodyTooLargeError(Exception):
    """A request body beyond the limit."""


class Parameters:
    """The parameters of one API call. A value of the wrong type raises ApiError; null counts as absent."""

    def __init__(self, values: Mapping[str, Any], *, form: bool) -> None:
        self._values = values
        self._form = form

    def text(self, name: str) -> str | None:
        """Take a string."""
        value: str | None = self._typed(name, str, "a string")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Take an array of strings; in a form one string, separated by spaces.

        Authlete documents that for `scopes` only; for other arrays it is an assumption.
        """
        if self._form:
            return tuple(part for part in (self.text(name) or "").split(" ") if part)
        items = self._typed(name, list, "an array of strings") or []
        if not all(isinstance(item, str) for item in items):
            raise ApiError(400, "DEV104", name, "an array of strings")
        return tuple(items)

    def has(self, name: str) -> bool:
        """Tell whether a parameter is there and not null."""
        return self._values.get(name) is not None

    def integer(self, name: str, *, least: int = 0) -> int:
        """Take a whole number, 0 when absent; in a form in decimal."""
        value = self._values.get(name)
        if self._form and isinstance(value, str) and value.isascii() and value.isdecimal():
            digits = value.lstrip("0")
            value = int(digits or "0") if len(digits) <= _MAX_DIGITS else value
        if value is None:
            return 0
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= _MAX_INTEGER:
            raise ApiError(400, "DEV104", name, f"a whole number of at least {least}")
        return value

    def flag(self, name: str) -> bool:
        """Take a boolean, false when absent; in a form `true` or `false`."""
        value = self._values.get(name)
        if self._form and value in {"true", "false"}:
            return bool(value == "true")
        if value is None:
            return False
        if not isinstance(value, bool):
            raise ApiError(400, "DEV104", name, "true or false")
        return value

    def tables(self, name: str) -> tuple[dict[str, Any], ...]:
        """Take an array of objects; cannot be sent in a form."""
        items = self._typed(name, list, "an array of objects") or []
        if not all(isinstance(item, dict) for item in items):
            raise ApiError(400, "DEV104", name, "an array of objects")
        return tuple(items)

    def table(self, name: str) -> Mapping[str, Any]:
        """Take an object, empty when absent; cannot be sent in a form."""
        return self._typed(name, dict, "an object") or {}

    def _typed(self, name: str, kind: type, word: str) -> Any:
        value = self._values.get(name)
        if value is not None and not isinstance(value, kind):
            raise ApiError(400, "DEV104", name, word)
        return value


async def read_parameters(request: Request) -> Parameters:
    """Read the body of a call. Raises ApiError for anything but a JSON object or a form of moderate size."""
    content_type = media_type(request)
    if content_type not in {_JSON, _FORM}:
        raise ApiError(415, "DEV101")
    try:
        body = await read_body(request, MAX_BODY)
    except BodyTooLargeError:
        raise ApiError(413, "DEV102", MAX_BODY) from None
    return _from_json(body) if content_type == _JSON else parameters_of_form(body)


def parameters_of_form(encoded: bytes) -> Parameters:
    """Read a form body or a query. Raises ApiError when a parameter is there twice."""
    try:
        pairs = parse_qsl(
            encoded.decode("utf-8"), keep_blank_values=True, max_num_fields=_MAX_FORM_FIELDS, errors="strict"
        )
    except ValueError:
        raise ApiError(400, "DEV103", "it is not a form.") from None
    if len(dict(pairs)) != len(pairs):
        raise ApiError(400, "DEV103", "a parameter is there twice.")
    return Parameters(dict(pairs), form=True)


def _from_json(body: bytes) -> Parameters:
    try:
        return Parameters(strict_json.loads_object(body.decode("utf-8")), form=False)
    except ValueError:
        raise ApiError(400, "DEV103", "it is not a JSON object of moderate depth with each name once.") from None


def media_type(request: Request) -> str:
    """Name the content type of the body, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_body(request: Request, limit: int) -> bytes:
    """Read a body of at most `limit` bytes. Raises BodyTooLargeError before more of it is held."""
    body = bytearray()
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > limit:
            raise BodyTooLargeError
        if not message.get("more_body", False):
            return bytes(body)


def json_response(
    body: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Write JSON that nobody keeps; ASCII only, so that any string can be sent."""
    response = Response(_write(body), status)
    response.raw_headers += _HEADERS  # as they are sent: starlette takes 8 µs to make them of strings
    if headers:
        response.headers.update(headers)
    return response
