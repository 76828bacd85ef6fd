"""The line of JSON that `serve --json` prints about a request."""

from json.encoder import encode_basestring_ascii as quoted

from apigw_oauth.gateway.exchange import RequestRecord


def request_line(record: RequestRecord) -> str:
    """Return what `json.dumps` would, in 1 µs instead of 6."""
    method, path, status, route, authorizer, decision, reason, ms, authorizer_ms, request_id = record
    return (
        f'{{"event": "request", "method": {quoted(method)}, "path": {quoted(path)}, "status": {status},'
        f' "route": {"null" if route is None else quoted(route)}, "authorizer": "{authorizer}",'
        f' "decision": "{decision}", "reason": {quoted(reason)}, "ms": {ms},'
        f' "authorizer_ms": {"null" if authorizer_ms is None else authorizer_ms},'
        f' "request_id": {quoted(request_id)}}}'
    )
