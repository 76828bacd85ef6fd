"""The headers of a request as API Gateway hands them on, and what is made of them."""

from typing import Self

from apigw_oauth.gateway.http_messages import GatewayRequest, HeaderList

# Names that API Gateway writes in its own way, whatever the client wrote. Recorded on AWS.
_TRACE = "X-Amzn-Trace-Id"
_FORWARDED_FOR = "X-Forwarded-For"
_TITLE_CASE = {
    name.lower(): name
    for name in ("Authorization", "Host", "User-Agent", _TRACE, _FORWARDED_FOR, "X-Forwarded-Port",
                 "X-Forwarded-Proto")
}  # fmt: skip
_REPLACED = frozenset(name for name in _TITLE_CASE.values() if name.startswith("X-"))
_LOWERED_TRACE = _TRACE.lower()

# Request headers that no integration gets to see; recorded on AWS. The authorizer does get Content-Length.
REMOVED_HEADERS = frozenset(
    {
        "connection", "content-length", "content-md5", "expect", "max-forwards", "proxy-authenticate", "server",
        "te", "trailer", "transfer-encoding", "upgrade", "www-authenticate",
    }
)  # fmt: skip

SIGNATURE = "AWS4-HMAC-SHA256 "
HeaderMaps = tuple[dict[str, str], dict[str, list[str]]]


class HandedOn:
    """Headers as API Gateway hands them on, with those it adds itself.

    `size`: the characters of all values; `is_signed`: there is a signature of SigV4; `overrides_method`: there is
    an X-HTTP-Method-Override.
    The shape is that of a regional endpoint: nothing of CloudFront. Unlike on AWS, port and protocol are the real
    ones. Requests over one connection mostly have the same headers: all that is made of them is made once, but for
    the trace, which is that of the request unless the client sent one.
    """

    def __init__(self, headers: HeaderList, *, source_ip: str, scheme: str, port: int) -> None:
        before, traces, forwarded, self.size = [], [], [], 0
        for name, value in headers:
            self.size += len(value)
            written = _TITLE_CASE.get(name.lower(), name)
            if written not in _REPLACED:
                before.append((written, value))
            elif written == _TRACE:
                traces.append(value)
            elif written == _FORWARDED_FOR:
                forwarded.append(value)
        self._before = tuple(before)
        self._trace = traces[0] if traces else None
        self._after = (
            (_FORWARDED_FOR, ", ".join([*forwarded, source_ip])),
            ("X-Forwarded-Port", str(port)),
            ("X-Forwarded-Proto", scheme),
        )
        self._by_name: dict[str, list[str]] = {}  # lower case, without the trace
        for name, value in self._before + self._after:
            self._by_name.setdefault(name.lower(), []).append(value)
        self.user_agent = self._by_name.get("user-agent", [None])[-1]
        self.domain_name = _without_port(next((value for name, value in before if name == "Host"), ""))
        self.domain_prefix = self.domain_name.partition(".")[0]
        self.is_signed = any(value.startswith(SIGNATURE) for value in self._by_name.get("authorization", ()))
        self.overrides_method = "x-http-method-override" in self._by_name
        self._repeats = any(len(values) > 1 for values in self._by_name.values())
        self._maps: dict[frozenset[str], HeaderMaps] = {}
        # What the API's authorizer makes of them, for a resource and a verb.
        self.identities: dict[tuple[str, str], tuple[tuple[str, ...], bytes]] = {}

    @classmethod
    def of(cls, request: GatewayRequest) -> Self:
        """Return those of a request."""
        return cls(request.headers, source_ip=request.source_ip, scheme=request.scheme, port=request.port)

    def all(self, trace_id: str) -> HeaderList:
        """Return the headers."""
        return (*self._before, (_TRACE, self._trace_of(trace_id)), *self._after)

    def values(self, name: str, trace_id: str) -> list[str]:
        """Return all values of a header, whatever its casing."""
        lowered = name.lower()
        return [self._trace_of(trace_id)] if lowered == _LOWERED_TRACE else self._by_name.get(lowered, [])

    def maps(self, removed: frozenset[str], trace_id: str) -> HeaderMaps:
        """Return the last value of each header, and all of them, without those that are `removed`.

        The caller may change all of it: copies take 2 µs, making them anew 12.
        """
        kept = self._maps.get(removed)
        if kept is None:
            kept = self._maps[removed] = header_maps(self.all(""), removed)
        last = kept[0].copy()
        if self._trace is None:
            last[_TRACE] = trace_id
        several = {name: [value] for name, value in last.items()}
        if self._repeats:
            several |= {name: values.copy() for name, values in kept[1].items() if len(values) > 1}
        return last, several

    def _trace_of(self, trace_id: str) -> str:
        return trace_id if self._trace is None else self._trace


def header_maps(headers: HeaderList, removed: frozenset[str]) -> HeaderMaps:
    """Return the last value of each header, and all of them, without those that are `removed`.

    Of names that differ in their casing alone, the first one counts.
    """
    last: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    spelling: dict[str, str] = {}
    for name, value in headers:
        lowered = name.lower()
        if lowered in removed:
            continue
        key = spelling.setdefault(lowered, name)
        last[key] = value
        found.setdefault(key, []).append(value)
    return last, found


def _without_port(host: str) -> str:
    name, _, port = host.rpartition(":")
    return name if port.isdecimal() else host
