from dataclasses import replace

import pytest

from apigw_oauth.authserver.client_authentication import OAuthError
from apigw_oauth.authserver.code_exchange import exchange
from apigw_oauth.authserver.codes import LIFETIME, CodeRecord, Codes
from apigw_oauth.authserver.service import start_service
from apigw_oauth.authserver.settings import AuthserverSettings, ClientSettings
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


def test_a_code_that_two_requests_bring_at_once_is_used_once():
    counter = iter(range(256))
    settings = AuthserverSettings(clients=(ClientSettings("demo"),))
    service, _ = start_service(settings, clock=Clock(), random=lambda octets: bytes([next(counter)]) * octets)
    found_client = service.clients.find("demo")
    assert found_client is not None
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
    code = service.codes.issue(record)

    with pytest.raises(OAuthError) as caught:
        exchange(replace(service, codes=OvertakenCodes(service.codes)), found_client, {"code": [code]})
    assert caught.value.code == "A050305"
    service.store.close()
