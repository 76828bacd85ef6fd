"""What the requests of every kind of API have in common: headers as they are handed on, queries, times."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import unquote_plus

from apigw_oauth.gateway.http_messages import GatewayRequest, HeaderList
from apigw_oauth.gateway.identifiers import RequestIds

# Names that API Gateway writes in its own way, whatever the client wrote. Recorded on AWS.
_TITLE_CASE = {
    name.lower(): name
    for name in ("Authorization", "Host", "User-Agent", "X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port",
                 "X-Forwarded-Proto")
}  # fmt: skip
_REPLACED = frozenset(name for name in _TITLE_CASE.values() if name.startswith("X-"))

# Request headers that no integration gets to see; recorded on AWS. The authorizer does get Content-Length.
REMOVED_HEADERS = frozenset(
    {
        "connection", "content-length", "content-md5", "expect", "max-forwards", "proxy-authenticate", "server",
        "te", "trailer", "transfer-encoding", "upgrade", "www-authenticate",
    }
)  # fmt: skip

MultiMap = dict[str, list[str]]


# strftime's %b follows the locale, AWS does not.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def request_time(time: float) -> str:
    """Return a time as events have it: `17/Jun/2024:15:02:03 +0000`."""
    return _request_time(int(time))


@lru_cache(maxsize=4)
def _request_time(seconds: int) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment.day:02d}/{_MONTHS[moment.month - 1]}/{moment:%Y:%H:%M:%S} +0000"


def domain_name(headers: HeaderList) -> str:
    """Return the host that the client asked for, without its port."""
    for name, value in headers:
        if name == "Host":
            host, _, port = value.rpartition(":")
            return host if port.isdecimal() else value
    return ""


def decoded_query(query: str) -> MultiMap:
    """Return the parameters of a query, decoded."""
    if not query:
        return {}
    pairs = (part.partition("=") for part in query.split("&") if part)
    return collect((unquote_plus(name), unquote_plus(value)) for name, _, value in pairs)


def collect(pairs: Iterable[tuple[str, str]], *, ignore_case: bool = False) -> MultiMap:
    """Return all values by name; the first spelling of a name is the one kept."""
    found: MultiMap = {}
    spelling: dict[str, str] = {}
    for name, value in pairs:
        key = spelling.setdefault(name.lower() if ignore_case else name, name)
        found.setdefault(key, []).append(value)
    return found


def header_maps(headers: Iterable[tuple[str, str]], removed: frozenset[str]) -> tuple[dict[str, str], MultiMap]:
    """Return the last value of each header, and all of them, without those that are `removed`.

    As `collect` and `last_values` would, whatever the casing; at one go it takes half as long.
    """
    last: dict[str, str] = {}
    found: MultiMap = {}
    spelling: dict[str, str] = {}
    for name, value in headers:
        lowered = name.lower()
        if lowered in removed:
            continue
        key = spelling.setdefault(lowered, name)
        last[key] = value
        if key in found:
            found[key].append(value)
        else:
            found[key] = [value]
    return last, found


def last_values(values: MultiMap) -> dict[str, str]:
    """Return the last value of each name: the single-value maps of the REST events."""
    return {name: several[-1] for name, several in values.items()}


def gateway_headers(request: GatewayRequest, ids: RequestIds) -> HeaderList:
    """Return the request's headers as API Gateway hands them on, with those it adds itself.

    The shape is that of a regional endpoint: nothing of CloudFront. Unlike on AWS, port and protocol are the real
    ones.
    """
    headers, traces, forwarded = [], [], []
    for name, value in request.headers:
        written = _TITLE_CASE.get(name.lower(), name)
        if written not in _REPLACED:
            headers.append((written, value))
        elif written == "X-Amzn-Trace-Id":
            traces.append(value)
        elif written == "X-Forwarded-For":
            forwarded.append(value)
    return (
        *headers,
        ("X-Amzn-Trace-Id", traces[0] if traces else ids.trace_id),
        ("X-Forwarded-For", ", ".join([*forwarded, request.source_ip])),
        ("X-Forwarded-Port", str(request.port)),
        ("X-Forwarded-Proto", request.scheme),
    )
