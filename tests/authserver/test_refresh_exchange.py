"""Refresh tokens that two requests bring at once."""

import threading
from dataclasses import replace

import pytest

from apigw_oauth.authserver.client_authentication import OAuthError
from apigw_oauth.authserver.refresh_exchange import refresh
from apigw_oauth.authserver.refresh_tokens import RefreshRecord, RefreshTokens
from apigw_oauth.authserver.service import Service, start_service
from apigw_oauth.authserver.settings import AuthserverSettings, ClientSettings
from apigw_oauth.authserver.token_issuing import Issued
from apigw_oauth.authserver.token_request import TokenRequest
from tests.authserver.servers import Clock


class OvertakenRefreshTokens(RefreshTokens):
    """Somebody else uses the token between `find` and `use`."""

    def use(self, digest):
        assert super().use(digest)
        return super().use(digest)


@pytest.fixture
def service():
    counter = iter(range(256))
    settings = AuthserverSettings(clients=(ClientSettings("demo"),))
    started, _ = start_service(settings, clock=Clock(), random=lambda octets: bytes([next(counter)]) * octets)
    yield started
    started.store.close()


@pytest.fixture
def token(service):
    record = RefreshRecord(
        client_id=service.clients.find("demo").client.id,
        alias_used=True,
        subject="john",
        scopes=(),
        auth_time=1,
        expires_at=int(Clock().now) + 60,
    )
    return service.refresh_tokens.issue(record, code_hash=b"code", now=Clock().now)


def ask(service: Service, token: str) -> Issued:
    found = service.clients.find("demo")
    assert found is not None
    return refresh(service, found, TokenRequest({"refresh_token": [token]}, standard=True))


def test_one_of_two_gets_tokens(service, token):
    overtaken = OvertakenRefreshTokens(service.store, random=service.random)
    with pytest.raises(OAuthError) as caught:
        ask(replace(service, refresh_tokens=overtaken), token)
    assert caught.value.code == "A053305"
    assert service.refresh_tokens.find(token) is None


def test_a_token_brought_again_while_its_successor_is_made_revokes_that(service, token):
    refusals = []

    def replay() -> None:
        try:
            ask(service, token)
        except OAuthError as error:
            refusals.append(error.code)

    again = threading.Thread(target=replay)

    def random(octets: int) -> bytes:
        if again.ident is None:
            again.start()
            again.join(0.2)  # it cannot finish before the tokens are kept; if it did, this is time enough
        made: bytes = service.random(octets)
        return made

    issued = ask(replace(service, random=random), token)
    again.join()
    assert refusals == ["A053305"]
    assert service.tokens.find(issued.access_token) is None
    assert service.refresh_tokens.find(issued.refresh_token) is None


def test_neither_value_nor_used_ones_stay_longer_than_they_could_be_used(service, token):
    issued = ask(service, token)
    assert issued.refresh_token
    with service.store.transaction() as connection:
        written = "".join(connection.iterdump())
    assert token not in written
    assert issued.refresh_token not in written
    assert service.refresh_tokens.find(token).used
    ask(replace(service, clock=lambda: Clock().now + 61), issued.refresh_token)
    assert service.refresh_tokens.find(token) is None
