import os
import time
from dataclasses import replace

from apigw_oauth.authserver.api_calls import Parameters
from apigw_oauth.authserver.introspection import introspect
from apigw_oauth.authserver.secret_hashes import sha256
from apigw_oauth.authserver.service import start_service
from apigw_oauth.authserver.settings import AuthserverSettings, ClientSettings
from apigw_oauth.authserver.tokens import TokenRecord
from tests.authserver.standard_flow import refresh, tokens_of


def test_an_expired_token_may_have_been_sufficient(server):
    token = server.create(scopes=["profile"])["accessToken"]
    server.clock.now += 86_400
    expired = server.introspect(token, scopes=["profile"])
    assert (expired["resultCode"], expired["sufficient"], expired["usable"]) == ("A065303", True, False)


def test_of_two_calls_at_once_one_reports_that_the_token_has_expired():
    def clock() -> float:
        service.tokens.remove(sha256("t"))  # the other call has just done so
        return 2.0

    service, _ = start_service(
        AuthserverSettings(clients=(ClientSettings("1"),)), clock=time.time, random=os.urandom
    )
    service.tokens.add("t", TokenRecord(client_id=1, grant_type="IMPLICIT", created_at=0, expires_at=1000))
    answer = introspect(replace(service, clock=clock), Parameters({"token": "t"}, form=False))
    assert (answer["resultCode"], answer["existent"]) == ("A057302", False)
    service.store.close()


def test_an_expired_token_that_can_be_refreshed_is_told_from_others(server):
    given = tokens_of(server)
    assert server.introspect(given["access_token"])["refreshable"] is True
    server.clock.now += 86_400
    for _ in range(2):
        expired = server.introspect(given["access_token"])
        assert (expired["action"], expired["resultCode"]) == ("UNAUTHORIZED", "A065301")
        assert (expired["usable"], expired["refreshable"]) == (False, True)
    refresh(server, refresh(server, given["refresh_token"]).json()["refresh_token"])
    server.clock.now += 30 * 86_400
    gone = server.introspect(given["access_token"])
    assert (gone["resultCode"], gone["refreshable"]) == ("A065303", False)
