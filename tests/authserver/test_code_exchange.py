import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from apigw_oauth.authserver.client_authentication import OAuthError
from apigw_oauth.authserver.clients import FoundClient
from apigw_oauth.authserver.code_exchange import exchange
from apigw_oauth.authserver.codes import LIFETIME, CodeRecord, Codes, CodeState
from apigw_oauth.authserver.service import Service, start_service
from apigw_oauth.authserver.settings import AuthserverSettings, ClientSettings
from apigw_oauth.authserver.token_request import TokenRequest
from tests.authserver.servers import Clock


class OvertakenCodes(Codes):
    """Somebody else uses the code between `find` and `use`."""

    def __init__(self, codes: Codes):
        self._codes = codes

    def find(self, code):
        return self._codes.find(code)

    def use(self, digest):
        assert self._codes.use(digest)
        return self._codes.use(digest)


@pytest.fixture
def service():
    counter = iter(range(256))
    settings = AuthserverSettings(clients=(ClientSettings("demo"),))
    started, _ = start_service(settings, clock=Clock(), random=lambda octets: bytes([next(counter)]) * octets)
    yield started
    started.store.close()


@pytest.fixture
def found_client(service):
    return service.clients.find("demo")


@pytest.fixture
def code(service, found_client):
    record = CodeRecord(
        client_id=found_client.client.id,
        alias_used=True,
        subject="john",
        scopes=(),
        redirect_uri=None,
        code_challenge=None,
        code_challenge_method=None,
        auth_time=0,
        expires_at=int(Clock().now) + LIFETIME,
    )
    return service.codes.issue(record)


def while_a_token_is_made(service: Service, happens: Callable[[], object]) -> Service:
    """Let something happen when the code is used up and its token is not kept yet."""

    def random(octets: int) -> bytes:
        happens()
        return service.random(octets)

    return replace(service, random=random)


def test_a_code_that_two_requests_bring_at_once_is_used_once(service, found_client, code):
    with pytest.raises(OAuthError) as caught:
        exchange(
            replace(service, codes=OvertakenCodes(service.codes)),
            found_client,
            TokenRequest({"code": [code]}, standard=False),
        )
    assert caught.value.code == "A050305"


def test_a_code_brought_again_while_its_token_is_made_still_revokes_it(service, found_client, code):
    refusals = []

    def replay(found_client: FoundClient) -> None:
        try:
            exchange(service, found_client, TokenRequest({"code": [code]}, standard=False))
        except OAuthError as error:
            refusals.append(error.code)

    again = threading.Thread(target=replay, args=(found_client,))

    def bring_again() -> None:
        again.start()
        again.join(0.2)  # it cannot finish before the token is kept; if it did, this is time enough

    issued = exchange(
        while_a_token_is_made(service, bring_again), found_client, TokenRequest({"code": [code]}, standard=False)
    )
    again.join()
    assert refusals == ["A050305"]
    assert service.tokens.find(issued.access_token) is None


def test_a_code_that_no_token_could_be_made_for_is_not_used_up(service, found_client, code):
    def fail() -> None:
        raise OSError

    with suppress(OSError):
        exchange(
            while_a_token_is_made(service, fail), found_client, TokenRequest({"code": [code]}, standard=False)
        )
    assert service.codes.find(code).state is CodeState.FRESH
    assert exchange(service, found_client, TokenRequest({"code": [code]}, standard=False)).access_token
