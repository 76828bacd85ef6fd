import pytest

from apigw_oauth.gateway import unverified
from apigw_oauth.gateway.notices import Notices
from tests.gateway.fakes import policy
from tests.gateway.rest_requests import rest_request


@pytest.mark.parametrize(
    ("target", "what"),
    [
        ("/dev/a%20b", "percent-encoding"),
        ("/dev/a*", "a literal *"),
        ("/dev/a:b", "a colon"),
        ("/dev/a//b", "a double slash"),
        ("/dev/a/", "a trailing slash"),
        ("/dev//a", "a double slash after the stage"),
    ],
)
def test_a_path_whose_arn_nobody_has_seen_gets_a_notice(target: str, what: str) -> None:
    request = rest_request(target, route="ANY /{proxy+}")
    assert [notice for notice in unverified.in_request(request, authorized=True) if f"with {what} is" in notice]
    assert unverified.in_request(request, authorized=False) == []


def test_plain_paths_get_none() -> None:
    assert unverified.in_request(rest_request("/dev/a/b-c_d.e~1", route="ANY /{proxy+}"), authorized=True) == []
    assert unverified.in_request(rest_request("/dev/", route="GET /"), authorized=True) == []


def test_the_override_header_gets_one() -> None:
    request = rest_request(headers=(("x-http-method-override", "DELETE"),))
    assert len(unverified.in_request(request, authorized=False)) == 1


@pytest.mark.parametrize(
    ("condition", "notices"),
    [({}, 0), ({"DateLessThanIfExists": {}}, 0), ({"StringEquals": {}}, 1), ({"BoolIfExists": {}, "Bool": {}}, 1)],
)
def test_conditions_that_depend_on_their_key_get_one(condition: dict[str, object], notices: int) -> None:
    assert len(unverified.in_policy(policy(Condition=condition))) == notices
    assert unverified.in_policy(policy()) == []


def test_a_notice_is_told_once_if_once_is_enough() -> None:
    told: list[str] = []
    notices = Notices(told.append, capacity=2)
    notices.once("a", "a", "b", "c")
    notices.once("a")
    notices.tell("a")
    assert told == ["a", "b", "a"]
