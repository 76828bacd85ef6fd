"""What django-oauth-toolkit gives out, and says of it: the tests that stand on it know what they stand on."""

from tests.interop.conftest import OpenClient
from tests.interop.known_clients import API, MACHINE, USER, WEB
from tests.interop.oauth_client import Answers
from tests.interop.server_process import AuthorizationServer

ANSWERS = Answers(login={"username": USER[0], "password": USER[1]}, consent={"allow": "Authorize"})


def test_its_answers_name_neither_issuer_nor_subject_nor_audience(
    django: AuthorizationServer, client_of: OpenClient
):
    machine, api = client_of(django, MACHINE), client_of(django, API)
    token = machine.own_token("pets:read")
    about = api.introspect(token).json()
    assert set(about) == {"active", "scope", "exp", "client_id"}
    assert (about["active"], about["scope"], about["client_id"]) == (True, "pets:read", "machine")
    machine.revoke(token)
    assert api.introspect(token).json() == {"active": False}


def test_users_log_in_and_consent(django: AuthorizationServer, client_of: OpenClient):
    token = client_of(django, WEB).users_token("pets:read", ANSWERS, resource="https://api.example.com")
    about = client_of(django, API).introspect(token).json()
    assert (about["active"], about["username"], about["scope"]) == (True, "john", "pets:read")
    assert about["aud"] == ["https://api.example.com"]


def test_an_api_may_come_with_a_token_of_its_own(django: AuthorizationServer, client_of: OpenClient):
    api = client_of(django, API)
    own = api.own_token("introspection")
    assert api.introspect_as_bearer("made-up", own).json() == {"active": False}
