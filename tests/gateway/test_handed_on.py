"""What is made of headers once is right for each request that has them."""

from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.gateway.handed_on import REMOVED_HEADERS, HandedOn, header_maps
from apigw_oauth.gateway.http_messages import GatewayRequest

NAMES = st.sampled_from(
    ["Host", "HOST", "host", "X-Amzn-Trace-Id", "x-amzn-trace-id", "X-Forwarded-For", "x-forwarded-port", "Accept",
     "aCCept", "Authorization", "content-length", "TE"]
)  # fmt: skip
HEADERS = st.lists(st.tuples(NAMES, st.sampled_from(["", "a", "h:8080", "[::1]:x", "b"])), max_size=6).map(tuple)


def handed_on(*headers: tuple[str, str]) -> HandedOn:
    return HandedOn.of(GatewayRequest("GET", "/", headers, source_ip="10.0.0.1", port=8080))


def test_the_gateway_adds_its_own_headers_and_writes_some_names_in_its_own_way():
    headers = (("hOST", "h:80"), ("accept", "x"), ("X-FORWARDED-FOR", "1.1.1.1"), ("x-forwarded-proto", "https"))
    assert handed_on(*headers).all("Root=1") == (
        ("Host", "h:80"),
        ("accept", "x"),
        ("X-Amzn-Trace-Id", "Root=1"),
        ("X-Forwarded-For", "1.1.1.1, 10.0.0.1"),
        ("X-Forwarded-Port", "8080"),
        ("X-Forwarded-Proto", "http"),
    )
    assert handed_on(*headers).domain_name == "h"


def test_each_request_has_a_trace_of_its_own_unless_the_client_has_one():
    shared = handed_on(("Host", "h"))
    for trace in ("Root=1", "Root=2"):
        last, several = shared.maps(REMOVED_HEADERS, trace)
        assert (last["X-Amzn-Trace-Id"], several["X-Amzn-Trace-Id"]) == (trace, [trace])
        assert shared.values("x-amzn-TRACE-id", trace) == [trace]
    clients = handed_on(("x-amzn-trace-id", "Root=3"), ("X-Amzn-Trace-Id", "Root=4"))
    last, several = clients.maps(REMOVED_HEADERS, "Root=1")
    assert (last["X-Amzn-Trace-Id"], several["X-Amzn-Trace-Id"]) == ("Root=3", ["Root=3"])


def test_of_repeated_headers_the_right_ones_count():
    shared = handed_on(
        ("Host", "first:1"), ("host", "b:2"), ("user-agent", "a"), ("User-Agent", "last"),
        ("X-Forwarded-For", "1.1.1.1"), ("x-forwarded-for", "2.2.2.2"),
        ("Authorization", "AWS4-HMAC-SHA256 x"), ("authorization", "Bearer x"),
    )  # fmt: skip
    assert (shared.domain_name, shared.user_agent, shared.is_signed) == ("first", "last", True)
    assert shared.values("X-FORWARDED-FOR", "") == ["1.1.1.1, 2.2.2.2, 10.0.0.1"]


def test_what_a_function_does_to_its_event_is_not_seen_by_the_next():
    shared = handed_on(("Host", "h"), ("Accept", "a"), ("X", "a"), ("X", "b"))
    last, several = shared.maps(frozenset(), "Root=1")
    last.clear()
    several["Accept"].append("b")
    several["X"].append("c")
    several.clear()
    assert shared.maps(frozenset(), "Root=1") == header_maps(shared.all("Root=1"), frozenset())


@given(HEADERS, st.sampled_from([frozenset(), REMOVED_HEADERS, REMOVED_HEADERS - {"content-length"}]))
def test_maps_and_values_are_those_of_the_headers(headers: tuple[tuple[str, str], ...], removed: frozenset[str]):
    shared = handed_on(*headers)
    for trace in ("Root=1", "Root=2"):
        everything = shared.all(trace)
        maps = shared.maps(removed, trace)
        assert maps == header_maps(everything, removed)
        assert [*maps[0]] == [*header_maps(everything, removed)[0]]  # their order, too
        for name, _ in everything:
            assert shared.values(name, trace) == [v for k, v in everything if k.lower() == name.lower()]
