"""What a request through the local gateway costs: a change that makes it dearer is noticed.

The limits are the most that was counted with CPython 3.11 to 3.13, and a tenth more.
"""

import asyncio

import pytest

from tests.cost.gateway_workload import calls


@pytest.mark.parametrize(
    ("ttl", "most"),
    [(None, 138), (0, 236), (300, 148)],
    ids=["no authorizer", "authorizer asked", "authorizer remembered"],
)
def test_a_request_calls_no_more_functions_than_it_did(ttl: int | None, most: int):
    assert asyncio.run(calls(ttl)) <= most
