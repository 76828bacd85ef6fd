"""What an issuer says about itself: asked for where the standards say, believed only if it names itself."""

from typing import Any

import pytest

from apigw_oauth.authorizer.errors import SettingsError, VerifierUnavailableError
from apigw_oauth.authorizer.verifiers.discovery import Discovery
from apigw_oauth.authorizer.verifiers.http_client import Client, HttpAnswer, HttpClient
from apigw_oauth.authorizer.verifiers.key_source import RemoteKeys, fetch_discovered
from tests.authorizer.conftest import FakeClock
from tests.authorizer.verifiers.fake_issuer import OUTAGE, FakeServers, json_answer
from tests.authorizer.verifiers.jose_signing import public_jwk
from tests.scripted_server import ScriptedServer, answer

ISSUER = "https://as.example/tenant"
KEYS = json_answer({"keys": [public_jwk("P-256", kid="1")]})
RFC8414 = "https://as.example/.well-known/oauth-authorization-server/tenant"
OPENID = "https://as.example/tenant/.well-known/openid-configuration"


def metadata(**more: Any) -> HttpAnswer:
    return json_answer({"issuer": ISSUER, "jwks_uri": "https://keys.example/k?v=2", **more})


def made(
    answers: dict[str, Any], *, issuer: str = ISSUER, url: str | None = None
) -> tuple[Discovery, FakeServers, FakeClock]:
    servers, clock = FakeServers(answers), FakeClock()
    return Discovery(issuer, url=url, connect=servers, clock=clock), servers, clock


def refusal(answers: dict[str, Any], *, issuer: str = ISSUER, url: str | None = None) -> str:
    discovery, _, _ = made(answers, issuer=issuer, url=url)
    with pytest.raises(VerifierUnavailableError) as caught:
        discovery.client_for("jwks_uri")
    return str(caught.value)


def test_nothing_is_asked_before_it_is_needed():
    assert made({RFC8414: metadata()})[1].asked == []


@pytest.mark.parametrize(
    ("issuer", "first", "second"),
    [
        (ISSUER, RFC8414, OPENID),
        (
            "https://as.example",
            "https://as.example/.well-known/oauth-authorization-server",
            "https://as.example/.well-known/openid-configuration",
        ),
        (
            "https://as.example/",
            "https://as.example/.well-known/oauth-authorization-server",
            "https://as.example/.well-known/openid-configuration",
        ),
        (
            "https://as.example:8443/a/b/",
            "https://as.example:8443/.well-known/oauth-authorization-server/a/b",
            "https://as.example:8443/a/b/.well-known/openid-configuration",
        ),
    ],
)
def test_it_is_asked_for_where_rfc_8414_says_and_then_where_openid_says(issuer, first, second):
    discovery, servers, _ = made({second: metadata(issuer=issuer)}, issuer=issuer)
    assert discovery.metadata()["issuer"] == issuer
    assert servers.asked == [first, second]
    discovery, servers, _ = made({first: metadata(issuer=issuer)}, issuer=issuer)
    assert discovery.metadata()["issuer"] == issuer
    assert servers.asked == [first]


@pytest.mark.rule("L7")
@pytest.mark.parametrize(
    "named",
    [f"{ISSUER}/", "https://as.example", "HTTPS://as.example/tenant", "https://as.example/Tenant", None, [ISSUER]],
)
def test_a_document_that_names_another_issuer_is_not_believed(named):
    message = refusal({RFC8414: metadata(issuer=named), OPENID: metadata(issuer=named)})
    assert "names another issuer" in message
    assert "jwks_uri" in message


def test_a_document_of_another_issuer_at_the_first_address_does_not_hide_the_second():
    discovery, _, _ = made({RFC8414: metadata(issuer="https://other.example"), OPENID: metadata()})
    assert discovery.metadata()["issuer"] == ISSUER


@pytest.mark.rule("L3")
@pytest.mark.parametrize(
    "nonsense",
    [
        json_answer({}, status=404),
        json_answer({}, status=302),
        json_answer(b"<html>", content_type="text/html"),
        json_answer(b"<html>"),
        json_answer(b"[]"),
        json_answer(b'{"issuer":"https://evil.example","issuer":"https://as.example/tenant"}'),
        json_answer({"issuer": ISSUER}, content_type="text/plain"),
    ],
)
def test_what_is_no_metadata_is_refused(nonsense):
    assert "is not there" in refusal({RFC8414: nonsense, OPENID: nonsense})


def test_a_server_that_cannot_be_reached_is_asked_once():
    discovery, servers, _ = made({RFC8414: OUTAGE, OPENID: metadata()})
    with pytest.raises(VerifierUnavailableError):
        discovery.metadata()
    assert servers.asked == [RFC8414]


def test_the_document_may_be_elsewhere_but_names_the_issuer_all_the_same():
    url = "https://as.example/common/.well-known/openid-configuration?appid=7"
    discovery, servers, _ = made({url: metadata()}, url=url)
    assert discovery.metadata()["issuer"] == ISSUER
    assert servers.asked == [url]
    assert "names another issuer" in refusal({url: metadata(issuer="https://other.example")}, url=url)


def test_the_document_is_kept_for_an_hour_or_until_it_turns_out_wrong():
    discovery, servers, clock = made({RFC8414: metadata()})
    for _ in range(3):
        discovery.metadata()
    assert len(servers.asked) == 1
    clock.now += 3600
    discovery.metadata()
    assert len(servers.asked) == 2
    discovery.forget()
    discovery.metadata()
    assert len(servers.asked) == 3
    clock.now -= 7200
    discovery.metadata()
    assert len(servers.asked) == 4, "a clock that went back makes it old"


@pytest.mark.rule("L3")
@pytest.mark.parametrize(
    "uri",
    [
        "http://keys.example/k",
        "file:///etc/passwd",
        "ftp://keys.example/k",
        "data:application/json,{}",
        "https://u:p@keys.example/k",
        "https://keys.example/k#f",
        "keys.example",
        "",
        None,
        7,
        ["https://keys.example"],
    ],
)
def test_keys_are_got_by_https_only(uri):
    assert "jwks_uri" in refusal({RFC8414: metadata(jwks_uri=uri)})


@pytest.mark.rule("L3")
@pytest.mark.parametrize(
    ("issuer", "public_only"),
    [
        (ISSUER, True),
        ("https://localhost/tenant", True),
        ("http://127.0.0.1:8081", False),
        ("https://[::1]:8081", False),
    ],
)
def test_a_server_sends_nobody_into_the_own_network_unless_it_is_there_itself(issuer, public_only):
    well_known = "/.well-known/oauth-authorization-server" + ("/tenant" if "tenant" in issuer else "")
    origin = issuer.removesuffix("/tenant")
    discovery, servers, _ = made({origin + well_known: metadata(issuer=issuer)}, issuer=issuer)
    client, target = discovery.client_for("jwks_uri")
    assert target == "/k?v=2"
    assert servers.public_only == {origin: False, "https://keys.example": public_only}
    assert client is not None


@pytest.mark.rule("L3")
@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1:1",
        "https://10.0.0.1",
        "https://169.254.169.254/latest",
        "https://[fd00::1]",
        "https://[::ffff:10.0.0.1]",
    ],
)
def test_a_private_address_is_not_connected_to(address):
    servers = FakeServers({RFC8414: metadata()})

    def connect(origin: str, *, public_only: bool) -> Client:
        return (
            HttpClient(origin, public_only=public_only)
            if origin in address
            else servers(origin, public_only=False)
        )

    servers.answers[RFC8414] = metadata(jwks_uri=address)
    client, target = Discovery(ISSUER, connect=connect, clock=FakeClock()).client_for("jwks_uri")
    with pytest.raises(VerifierUnavailableError, match="PermissionError"):
        client.get(target, {})


@pytest.mark.parametrize("issuer", ["http://as.example", "as.example", "https://as.example/?tenant=1"])
def test_an_issuer_without_an_address_has_no_metadata(issuer):
    with pytest.raises(SettingsError):
        made({}, issuer=issuer)


def test_keys_are_found_through_the_metadata_and_it_is_read_again_when_they_are_not():
    discovery, servers, clock = made({RFC8414: metadata(), "https://keys.example/k?v=2": KEYS})
    keys = RemoteKeys(fetch_discovered(discovery), clock=clock)
    assert keys.find(kid="1", alg="ES256").kid == "1"
    assert servers.asked == [RFC8414, "https://keys.example/k?v=2"]
    clock.now += 300
    servers.answers |= {"https://keys.example/k?v=2": json_answer({}, status=404)}
    assert keys.find(kid="1", alg="ES256").kid == "1", "the keys are old, but not too old"
    servers.answers |= {
        RFC8414: metadata(jwks_uri="https://new.example/k"),
        "https://new.example/k": json_answer({"keys": []}),
    }
    clock.now += 1
    with pytest.raises(VerifierUnavailableError, match="none of them can be used"):
        keys.find(kid="1", alg="ES256")
    assert servers.asked[-2:] == [RFC8414, "https://new.example/k"]
    servers.answers |= {"https://new.example/k": OUTAGE}
    clock.now += 30
    with pytest.raises(VerifierUnavailableError, match="no answer in time"):
        keys.find(kid="1", alg="ES256")


def test_over_http_too():
    with ScriptedServer(answer()) as server:
        server._behaviours = [
            answer(b"{}", status="404 Not Found"),
            answer(json_answer({"issuer": server.url, "jwks_uri": f"{server.url}/k"}).body),
            answer(KEYS.body),
        ]
        discovery = Discovery(
            server.url,
            connect=lambda origin, *, public_only: HttpClient(origin, public_only=public_only),
            clock=FakeClock(),
        )
        keys = RemoteKeys(fetch_discovered(discovery), clock=FakeClock())
        assert keys.find(kid="1", alg="ES256").kid == "1"
        asked = [request.split(b" ")[1] for request in server.requests]
    assert asked == [b"/.well-known/oauth-authorization-server", b"/.well-known/openid-configuration", b"/k"]
