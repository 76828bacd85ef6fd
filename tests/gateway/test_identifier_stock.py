"""Identifiers made for many requests at once are those that would be made one by one."""

import random
from collections.abc import Callable

from apigw_oauth.gateway.identifier_stock import RequestIdStock, UuidStock
from apigw_oauth.gateway.identifiers import RandomBytes, RequestIds, request_ids, uuid4

NOW = 1_718_639_559.08


class Source:
    """Random bytes that are remembered."""

    def __init__(self) -> None:
        self.given: list[bytes] = []
        self._random = random.Random(1)

    def __call__(self, number: int) -> bytes:
        self.given.append(self._random.randbytes(number))
        return self.given[-1]

    def pieces(self, given: int, size: int) -> list[bytes]:
        stock = self.given[given]
        return [stock[start : start + size] for start in range(0, len(stock), size)]


class Given(bytes):
    """Random bytes that are not."""

    def __call__(self, number: int) -> bytes:
        assert number == len(self)
        return self


def stocked(make: Callable[[], object], source: Source) -> list[object]:
    """Return all that is made before new random bytes are asked for."""
    found = [make()]
    asked = len(source.given)
    while True:
        one = make()
        if len(source.given) > asked:
            return found
        found.append(one)


def test_uuids_are_those_of_their_random_bytes() -> None:
    source = Source()
    found = stocked(UuidStock(source), source)
    assert set(found) == {uuid4(piece) for piece in source.pieces(0, 16)}
    assert len(set(found)) == len(found) == len(source.given[0]) / 16


def test_identifiers_of_requests_are_those_of_their_random_bytes() -> None:
    source = Source()
    new_ids = RequestIdStock(source)
    found = stocked(lambda: new_ids(NOW), source)
    pieces = zip(source.pieces(0, 16), source.pieces(1, 12), source.pieces(2, 12), strict=True)
    expected = [request_ids(Given(a + b[:11] + c), NOW) for a, b, c in pieces]
    assert found[::-1] == expected


def test_the_time_in_a_trace_is_that_of_its_request() -> None:
    new_ids = RequestIdStock(bytes)
    times = [0.9, NOW, NOW + 1, NOW]
    assert [new_ids(now) for now in times] == [request_ids(bytes, now) for now in times]


def test_no_identifier_comes_twice() -> None:
    new_ids, new_uuid = RequestIdStock(RandomBytes()), UuidStock(RandomBytes())
    made: list[RequestIds] = [new_ids(NOW) for _ in range(500)]
    for name in ("request_id", "extended_request_id", "trace_id"):
        assert len({getattr(ids, name) for ids in made}) == 500
    assert len({new_uuid() for _ in range(500)}) == 500
