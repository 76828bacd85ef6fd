from apigw_oauth.authserver.login_throttle import LoginThrottle
from tests.authserver.servers import Clock


def test_the_sixth_attempt_within_a_minute_has_to_wait():
    clock = Clock()
    throttle = LoginThrottle(clock)
    for _ in range(5):
        assert throttle.attempt("john", "a") == 0
        clock.now += 1
    assert throttle.attempt("john", "b") == 55
    assert throttle.attempt("ann", "a") == 0
    clock.now += 55
    assert throttle.attempt("john", "a") == 0


def test_waiting_attempts_do_not_prolong_the_wait():
    clock = Clock()
    throttle = LoginThrottle(clock)
    for _ in range(5):
        throttle.attempt("john", "a")
    for _ in range(60):
        assert throttle.attempt("john", "a") > 0
        clock.now += 1
    assert throttle.attempt("john", "a") == 0


def test_one_address_cannot_try_many_logins():
    throttle = LoginThrottle(Clock())
    assert [throttle.attempt(f"user-{number}", "a") for number in range(20)] == [0] * 20
    assert throttle.attempt("another", "a") == 60
    assert throttle.attempt("another", "b") == 0


def test_success_clears_the_login_and_spares_the_address():
    throttle = LoginThrottle(Clock())
    for _ in range(100):
        assert throttle.attempt("john", "a") == 0
        throttle.succeeded("john", "a")


def test_success_without_an_attempt_is_harmless():
    LoginThrottle(Clock()).succeeded("john", "a")


def test_what_is_remembered_is_bounded():
    clock = Clock()
    throttle = LoginThrottle(clock)
    for number in range(11_000):
        throttle.attempt(f"user-{number}" * 100, f"10.0.{number}")
    assert len(throttle._attempts) == 10_000
