"""What an AccessToken is made of."""

import math
from types import MappingProxyType
from typing import Any

import pytest

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.facts import wrong_fact


@pytest.mark.parametrize(
    "token",
    [
        AccessToken(), AccessToken(subject="", client_id="x", issuer="y", scopes=frozenset({"a"}), audience=frozenset({"b"})),
        AccessToken(expires_at=0), AccessToken(expires_at=1.5, leeway=30, reusable=False, dpop_nonce="n"),
        AccessToken(confirmation={"jkt": "x"}, claims=MappingProxyType({"x": object()})),
    ],
)  # fmt: skip
def test_a_token_of_the_right_parts_has_nothing_wrong(token):
    assert wrong_fact(token) is None


@pytest.mark.rule("R21")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, odd) for name in ("issuer", "subject", "client_id", "dpop_nonce") for odd in (1, b"x", ["x"])),
        *((name, odd) for name in ("scopes", "audience") for odd in (None, "x", ["x"], {"x": 1}, {1}, frozenset({b"x"}))),
        *((name, odd) for name in ("confirmation", "claims") for odd in (None, "x", [("x", 1)], {1: 2})),
        *(("expires_at", odd) for odd in ("1", True, math.nan, math.inf, 10**400, 1j)),
        *(("leeway", odd) for odd in (None, "1", True, math.nan, math.inf, -1)),
        *(("reusable", odd) for odd in (None, 1, "yes")),
    ],
)  # fmt: skip
def test_a_part_of_another_kind_is_named(name, value):
    assert wrong_fact(AccessToken()._replace(**{name: value})) == name


def test_every_part_is_looked_at():
    odd: Any = object()
    assert all(wrong_fact(AccessToken()._replace(**{name: odd})) == name for name in AccessToken._fields)
