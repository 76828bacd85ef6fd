"""A header that was right before is known, for as long as nothing changes."""

from apigw_oauth.authserver.known_headers import KnownHeaders
from apigw_oauth.authserver.settings import AuthserverSettings
from tests.authserver.servers import CLIENT_SECRET, Running, running

CLIENTS = [{"client_id": "api", "client_secret": "first"}, {"client_id": "demo", "client_secret": CLIENT_SECRET}]


def status(server: Running, secret: str, **further: str) -> int:
    answer = server.http.post("/introspect", data={"token": "x", **further}, auth=("api", secret))
    return answer.status_code


def test_nobody_is_known_by_another_header():
    known = KnownHeaders()
    known.add("Basic right", "api")
    assert known.caller("Basic right") == "api"
    for other in ("", "Basic righ", "Basic right ", "basic right", "\udcff"):
        assert known.caller(other) is None
    assert "right" not in repr(vars(known))


def test_no_more_are_kept_than_is_good():
    known = KnownHeaders()
    for number in range(1000):
        known.add(f"Basic {number}", "api")
    assert known.caller("Basic 999") == "api"
    assert sum(known.caller(f"Basic {number}") is not None for number in range(1000)) <= 256


def test_a_client_that_is_known_is_not_taken_for_another():
    with running(clients=CLIENTS) as server:
        assert [status(server, "first"), status(server, "first")] == [200, 200]
        assert status(server, "wrong") == 401
        assert status(server, "first", client_id="api") == 200
        for further in ({"client_id": "demo"}, {"client_secret": "wrong"}, {"client_assertion": "x"}):
            assert status(server, "first", **further) == 401
        assert status(server, "first") == 200


def test_a_secret_that_was_changed_is_not_known_any_more():
    with running(clients=CLIENTS) as server:
        assert status(server, "first") == 200
        changed = [{"client_id": "api", "client_secret": "second"}]
        server.app.change(AuthserverSettings.from_dict({"base_url": server.base_url, "clients": changed}))
        assert [status(server, "first"), status(server, "second")] == [401, 200]
        server.app.change(AuthserverSettings.from_dict({"base_url": server.base_url}))
        assert status(server, "second") == 401
