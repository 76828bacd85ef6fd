import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authserver.tickets import ExpiredTicketError, ForgedTicketError, Tickets
from tests.authserver.servers import Clock


def tickets_of(letter: str, clock: Clock | None = None) -> Tickets:
    count = iter(range(256))
    return Tickets(lambda octets: (letter.encode() + bytes([next(count)])) * (octets // 2), clock or Clock())


def test_a_ticket_gives_the_request_back_to_the_same_browser():
    tickets = tickets_of("k")
    assert tickets.open("s", tickets.issue("s", b"client_id=demo&x=%ff")) == b"client_id=demo&x=%ff"


def test_another_browser_cannot_use_it():
    tickets = tickets_of("k")
    with pytest.raises(ForgedTicketError):
        tickets.open("other", tickets.issue("s", b""))


def test_another_run_of_the_server_does_not_accept_it():
    ticket = tickets_of("k").issue("s", b"")
    with pytest.raises(ForgedTicketError):
        tickets_of("l").open("s", ticket)


def test_it_lasts_ten_minutes():
    clock = Clock()
    tickets = tickets_of("k", clock)
    ticket = tickets.issue("s", b"q")
    clock.now += 599
    assert tickets.open("s", ticket) == b"q"
    clock.now += 1
    with pytest.raises(ExpiredTicketError):
        tickets.open("s", ticket)


@given(st.text())
def test_made_up_tickets_are_refused(ticket):
    with pytest.raises(ForgedTicketError):
        tickets_of("k").open("s", ticket)


@given(st.integers(0, 200), st.characters(codec="ascii"))
def test_a_changed_ticket_is_refused(position, character):
    tickets = tickets_of("k")
    ticket = tickets.issue("s", b"client_id=demo&response_type=token")
    changed = ticket[: position % len(ticket)] + character + ticket[position % len(ticket) + 1 :]
    if changed != ticket:
        with pytest.raises(ForgedTicketError):
            tickets.open("s", changed)


def test_a_session_that_began_here_goes_on():
    tickets = tickets_of("k")
    session = tickets.session("")
    assert tickets.session(session) == session
    assert tickets.session("") != session


@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]{43}(\.[A-Za-z0-9_-]{43})?", fullmatch=True))
def test_a_session_that_did_not_begin_here_is_not_taken_over(planted):
    assert tickets_of("k").session(planted) != planted


def test_a_session_of_another_run_is_not_taken_over():
    session = tickets_of("l").session("")
    assert tickets_of("k").session(session) != session


def test_a_ticket_is_no_session():
    tickets = tickets_of("k")
    ticket = tickets.issue("s", b"q")
    assert tickets.session(ticket) != ticket
