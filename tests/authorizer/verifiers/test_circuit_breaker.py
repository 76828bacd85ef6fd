"""A server that does not answer is left alone, and asked again."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InvalidTokenError, VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers.circuit_breaker import CircuitBreaker
from tests.authorizer.conftest import FakeClock, FakeVerifier, make_request

GOOD = AccessToken(subject="john")
DOWN = VerifierUnavailableError("no answer in time", reason=Reason.AUTHORIZATION_SERVER_TIMEOUT)
INVALID = InvalidTokenError("x")
REFUSED = VerifierUnavailableError("x", reason=Reason.CREDENTIALS_REFUSED)


def busy(seconds: float) -> VerifierUnavailableError:
    return VerifierUnavailableError("busy", reason=Reason.AUTHORIZATION_SERVER_ERROR, retry_after=seconds)


class Setup:
    """A breaker in front of a server whose next answer is set, and time that goes on when it is told to."""

    def __init__(self) -> None:
        self.clock = FakeClock(100)
        self.wall = FakeClock()
        self.server = FakeVerifier()
        self.told: list[tuple[str, float | None, str]] = []
        surroundings = Surroundings(clock=self.wall, monotonic=self.clock)
        self.breaker = CircuitBreaker(self.server, kind="authlete", surroundings=surroundings, announce=self._take)

    def _take(self, *, verifier: str, opened_for: float | None, message: str) -> None:
        self.told.append((verifier, opened_for, message))

    def ask(self, answer: AccessToken | Exception = GOOD, *, times: int = 1) -> str:
        said = ""
        for _ in range(times):
            self.server.tokens["good"] = answer
            try:
                self.breaker.verify("good", make_request())
                said = "ok"
            except (VerifierUnavailableError, InvalidTokenError) as error:
                said = str(error.reason)
        return said


@pytest.fixture
def setup() -> Setup:
    return Setup()


def test_five_failures_in_a_row_open_the_circuit_and_nobody_is_asked_for_five_seconds(setup):
    assert setup.ask(DOWN, times=5) == "authorization_server_timeout"
    assert setup.ask() == "circuit_open"
    setup.clock.now += 4.9
    assert setup.ask() == "circuit_open"
    assert len(setup.server.asked) == 5
    setup.clock.now += 0.2
    assert setup.ask() == "ok"


def test_the_circuit_closes_though_one_clock_stands_still_while_the_environment_is_frozen(setup):
    setup.ask(DOWN, times=5)
    setup.wall.now += 4.9
    assert setup.ask() == "circuit_open"
    setup.wall.now += 0.2
    assert setup.ask() == "ok"


def test_the_circuit_closes_though_one_clock_is_set_back(setup):
    setup.ask(DOWN, times=5)
    setup.wall.now -= 3600
    assert setup.ask() == "circuit_open"
    setup.clock.now += 5.1
    assert setup.ask() == "ok"


def test_four_failures_and_a_success_are_no_outage(setup):
    for answer in (GOOD, INVALID):
        setup.ask(DOWN, times=4)
        setup.ask(answer)
    assert setup.ask(DOWN, times=4) == "authorization_server_timeout"
    assert setup.told == []


def test_a_token_that_the_server_stumbles_over_does_not_shut_out_the_others(setup):
    odd = VerifierUnavailableError("x", reason=Reason.AUTHORIZATION_SERVER_ERROR, about_one_token=True)
    assert setup.ask(odd, times=20) == "authorization_server_error"
    assert (setup.ask(), setup.told) == ("ok", [])


@pytest.mark.rule("I16", "I17")
def test_an_open_circuit_is_an_outage_and_neither_a_refusal_nor_an_allowance(setup):
    setup.ask(DOWN, times=5)
    setup.clock.now += 2
    with pytest.raises(VerifierUnavailableError) as caught:
        setup.breaker.verify("good", make_request())
    assert caught.value.reason is Reason.CIRCUIT_OPEN
    assert caught.value.retry_after == pytest.approx(3)


def test_the_pause_doubles_up_to_thirty_seconds_and_begins_anew_after_a_success(setup):
    setup.ask(DOWN, times=5)
    for pause in (5, 10, 20, 30, 30):
        setup.clock.now += pause - 0.1
        assert setup.ask() == "circuit_open"
        setup.clock.now += 0.2
        assert setup.ask(DOWN) == "authorization_server_timeout"
    setup.clock.now += 31
    assert setup.ask() == "ok"
    setup.ask(DOWN, times=5)
    setup.clock.now += 5.1
    assert setup.ask() == "ok"


def test_one_attempt_at_a_time_is_made_after_the_pause(setup):
    setup.ask(DOWN, times=5)
    setup.clock.now += 5.1

    class Nested(FakeVerifier):
        def verify(self, token, request):
            with pytest.raises(VerifierUnavailableError, match="is not asked"):
                setup.breaker.verify(token, request)
            return GOOD

    setup.breaker._verifier = Nested()
    assert setup.ask() == "ok"


def test_an_attempt_that_ends_in_a_surprise_leaves_the_circuit_open_and_not_stuck(setup):
    setup.ask(DOWN, times=5)
    setup.clock.now += 5.1
    with pytest.raises(ZeroDivisionError):
        setup.ask(ZeroDivisionError())
    assert setup.ask() == "circuit_open"
    setup.clock.now += 5.1
    assert setup.ask() == "ok"


@pytest.mark.rule("R30")
@pytest.mark.parametrize(("wish", "heeded"), [(2, 2), (45, 45), (100_000, 60)])
def test_retry_after_of_the_server_is_heeded_at_once_and_within_reason(setup, wish, heeded):
    assert setup.ask(busy(wish)) == "authorization_server_error"
    setup.clock.now += heeded - 0.1
    assert setup.ask() == "circuit_open"
    setup.clock.now += 0.2
    assert setup.ask() == "ok"


@pytest.mark.rule("R30")
def test_retry_after_of_no_time_is_a_failure_like_others(setup):
    assert setup.ask(busy(0), times=4) == "authorization_server_error"
    assert setup.ask() == "ok"


@pytest.mark.rule("R30")
def test_a_server_that_asked_for_patience_and_fails_again_is_given_the_ordinary_pauses(setup):
    setup.ask(busy(2))
    setup.clock.now += 2.1
    setup.ask(DOWN)
    setup.clock.now += 4.9
    assert setup.ask() == "circuit_open"
    setup.clock.now += 0.2
    assert setup.ask() == "ok"


def test_credentials_that_are_refused_do_not_look_like_an_outage(setup):
    assert setup.ask(REFUSED, times=20) == "credentials_refused"
    assert len(setup.server.asked) == 20
    setup.ask(DOWN, times=5)
    setup.clock.now += 5.1
    assert setup.ask(REFUSED) == "credentials_refused"
    assert setup.ask(REFUSED) == "credentials_refused"


@pytest.mark.rule("I16")
def test_whoever_sends_tokens_that_the_server_stumbles_over_does_not_shut_out_others(setup):
    stumbles = VerifierUnavailableError("x", reason=Reason.AUTHORIZATION_SERVER_ERROR, about_one_token=True)
    assert setup.ask(stumbles, times=20) == "authorization_server_error"
    assert setup.ask() == "ok"
    setup.ask(DOWN, times=4)
    setup.ask(stumbles)
    assert setup.ask(DOWN, times=4) == "authorization_server_timeout"
    assert setup.told == []


def test_what_happens_to_the_circuit_is_told_once_with_the_reason(setup):
    setup.ask(DOWN, times=5)
    setup.ask(times=3)
    setup.clock.now += 5.1
    setup.ask(times=2)
    opened, closed = setup.told
    assert opened[:2] == ("authlete", 5)
    assert "after 5 failures in a row; the last one: no answer in time" in opened[2]
    assert closed == ("authlete", None, "the authorization server answers again")


@pytest.mark.rule("I16")
def test_a_clock_that_is_none_keeps_the_server_from_being_asked_never_for_good(setup):
    setup.clock.now = math.nan
    setup.ask(DOWN, times=10)
    setup.clock.now = 100
    assert setup.ask() == "ok"


def test_recognizing_asks_nobody_and_needs_no_server(setup):
    setup.ask(DOWN, times=5)
    assert setup.breaker.recognizes("good")


@given(
    st.lists(
        st.tuples(st.sampled_from([GOOD, INVALID, DOWN, REFUSED, busy(3), busy(90)]), st.integers(0, 40)),
        max_size=60,
    )
)
def test_whatever_happens_a_good_answer_follows_when_the_server_is_back_for_a_minute(steps):
    setup = Setup()
    for answer, passes in steps:
        setup.ask(answer)
        setup.clock.now += passes
    setup.clock.now += 60
    assert setup.ask() == "ok"
