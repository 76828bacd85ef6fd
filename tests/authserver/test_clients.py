import secrets

import pytest

from apigw_oauth.authserver.clients import Clients, enrol, new_numeric_id
from apigw_oauth.authserver.secret_hashes import GeneratedSecret, RepeatedSecret
from apigw_oauth.authserver.settings import ClientSettings
from apigw_oauth.authserver.store import open_store


@pytest.fixture
def store():
    opened = open_store(":memory:")
    yield opened
    opened.close()


def test_an_alias_gets_a_number_that_stays(store):
    first, plain = enrol(ClientSettings("demo"), store, secrets.token_bytes)
    second, other = enrol(ClientSettings("demo"), store, secrets.token_bytes)
    assert first.id == second.id
    assert len(plain.client_id) == 14
    assert (plain.client_id, plain.alias) == (str(first.id), "demo")
    assert plain.client_secret != other.client_secret


def test_a_decimal_client_id_is_the_number(store):
    client, plain = enrol(ClientSettings("12345"), store, secrets.token_bytes)
    assert (client.id, client.alias, plain.client_id, plain.alias) == (12345, None, "12345", None)


def test_secrets_are_made_up_for_confidential_clients_only(store):
    made_up, plain = enrol(ClientSettings("a"), store, secrets.token_bytes)
    assert isinstance(made_up.secret, GeneratedSecret)
    assert len(plain.client_secret or "") == 86
    configured, plain = enrol(ClientSettings("b", "chosen"), store, secrets.token_bytes)
    assert isinstance(configured.secret, RepeatedSecret)
    assert plain.client_secret == "chosen"
    public, plain = enrol(ClientSettings("c", confidential=False), store, secrets.token_bytes)
    assert public.secret is None
    assert plain.client_secret is None


def test_a_client_is_found_by_alias_and_by_number(store):
    client, _ = enrol(ClientSettings("demo", name="Demo"), store, secrets.token_bytes)
    clients = Clients([client])
    assert clients.find("demo") == (client, True)
    assert clients.find(str(client.id)) == (client, False)
    for identifier in (f"0{client.id}", f" {client.id}", "DEMO", "", "-1"):
        assert clients.find(identifier) is None
    assert clients.by_id(client.id) is client
    assert client.name == "Demo"


def test_plain_secrets_are_not_in_reprs(store):
    client, plain = enrol(ClientSettings("demo", "hush"), store, secrets.token_bytes)
    assert "hush" not in repr(plain)
    assert "hush" not in repr(client)


@pytest.mark.parametrize("octets", [b"\0" * 8, b"\xff" * 8])
def test_numbers_have_fourteen_digits(octets):
    assert len(str(new_numeric_id(lambda _: octets))) == 14
