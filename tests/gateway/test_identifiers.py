"""Identifiers that look like those of AWS."""

import uuid

import pytest

from apigw_oauth.gateway.identifiers import RandomBytes, request_ids, uuid4


@pytest.mark.parametrize(
    "random", [bytes(16), bytes(range(16)), b"\xff" * 16, bytes(range(240, 256))], ids=bytes.hex
)
def test_a_uuid_is_that_of_the_standard_library(random: bytes) -> None:
    assert uuid4(random) == str(uuid.UUID(bytes=random, version=4))


def test_those_of_a_request_have_the_form_of_awss() -> None:
    ids = request_ids(bytes, 1_718_639_559.08)
    assert ids.request_id == "00000000-0000-4000-8000-000000000000"
    assert ids.extended_request_id == "AAAAAAAAAAAAAAA="
    assert ids.trace_id == "Root=1-66705bc7-000000000000000000000000"


def test_no_random_byte_is_given_twice() -> None:
    given: list[bytes] = []

    def source(number: int) -> bytes:
        given.append(bytes([len(given)]) * number)
        return given[-1]

    random_bytes = RandomBytes(source)
    found = [random_bytes(39) for _ in range(300)]
    assert {len(one) for one in found} == {39}
    assert all(len(set(one)) == 1 for one in found)  # none of two stocks
    for stock in given:
        assert sum(len(one) for one in found if one[0] == stock[0]) <= len(stock)


def test_random_bytes_are_the_systems() -> None:
    random_bytes = RandomBytes()
    assert len({random_bytes(16) for _ in range(1_000)}) == 1_000
