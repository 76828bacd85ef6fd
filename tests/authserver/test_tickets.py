import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authserver.tickets import ExpiredTicketError, ForgedTicketError, Tickets
from tests.authserver.servers import Clock


def test_a_ticket_gives_the_request_back_to_the_same_browser():
    tickets = Tickets(b"k" * 32, Clock())
    assert tickets.open("s", tickets.issue("s", b"client_id=demo&x=%ff")) == b"client_id=demo&x=%ff"


def test_another_browser_cannot_use_it():
    tickets = Tickets(b"k" * 32, Clock())
    with pytest.raises(ForgedTicketError):
        tickets.open("other", tickets.issue("s", b""))


def test_another_run_of_the_server_does_not_accept_it():
    ticket = Tickets(b"k" * 32, Clock()).issue("s", b"")
    with pytest.raises(ForgedTicketError):
        Tickets(b"l" * 32, Clock()).open("s", ticket)


def test_it_lasts_ten_minutes():
    clock = Clock()
    tickets = Tickets(b"k" * 32, clock)
    ticket = tickets.issue("s", b"q")
    clock.now += 599
    assert tickets.open("s", ticket) == b"q"
    clock.now += 1
    with pytest.raises(ExpiredTicketError):
        tickets.open("s", ticket)


@given(st.text())
def test_made_up_tickets_are_refused(ticket):
    with pytest.raises(ForgedTicketError):
        Tickets(b"k" * 32, Clock()).open("s", ticket)


@given(st.integers(0, 200), st.characters(codec="ascii"))
def test_a_changed_ticket_is_refused(position, character):
    tickets = Tickets(b"k" * 32, Clock())
    ticket = tickets.issue("s", b"client_id=demo&response_type=token")
    changed = ticket[: position % len(ticket)] + character + ticket[position % len(ticket) + 1 :]
    if changed != ticket:
        with pytest.raises(ForgedTicketError):
            tickets.open("s", changed)
