"""Real TLS handshakes with the gateway: who gets through, who does not, and what is told of it."""

import socket
import ssl
from pathlib import Path

import httpx2
import pytest

from apigw_oauth.gateway.tls import Tls, TrustStoreError, check_trust_store
from tests.gateway.certificates import SERVER, Issued, authority, client, client_side, server_side
from tests.gateway.conftest import Serve
from tests.gateway.fakes import api, mock_methods
from tests.gateway.running_gateway import RunningGateway

CA = authority()
API = api(*mock_methods("GET /x"))


@pytest.fixture
def refusals() -> list[str]:
    return []


@pytest.fixture
def gateway(serve: Serve, refusals: list[str]) -> RunningGateway:
    """A gateway that trusts CA."""
    return serve(API, tls=server_side(CA.pem, refusals))


def get(gateway: RunningGateway, certificate: Path | None = None) -> int:
    with httpx2.Client(verify=client_side(certificate), trust_env=False) as http:
        return http.get(f"https://localhost:{gateway.port}/dev/x").status_code


def assert_refused(gateway: RunningGateway, certificate: Path | None = None) -> None:
    with pytest.raises(httpx2.TransportError):
        get(gateway, certificate)
    assert gateway.records == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_client_that_trusts_the_authority_verifies_the_server_by_any_of_its_names(
    serve: Serve, host: str
) -> None:
    gateway = serve(API, tls=server_side())
    with httpx2.Client(verify=client_side(), trust_env=False) as http:
        assert http.get(f"https://{host}:{gateway.port}/dev/x").status_code == 200


def test_a_client_that_does_not_trust_it_is_told_of(serve: Serve, refusals: list[str]) -> None:
    gateway = serve(API, tls=server_side(None, refusals))
    with (
        httpx2.Client(verify=client_side(authority=authority("Another").pem), trust_env=False) as http,
        pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        http.get(f"https://localhost:{gateway.port}/dev/x")
    gateway.close()
    assert len(refusals) == 1
    assert "curl -k" in refusals[0]


def test_plain_http_is_told_of(serve: Serve, refusals: list[str]) -> None:
    gateway = serve(API, tls=server_side(None, refusals))
    with httpx2.Client(trust_env=False) as http, pytest.raises(httpx2.TransportError):
        http.get(f"http://localhost:{gateway.port}/dev/x")
    assert refusals == [
        "a client did not get through the TLS handshake: it speaks plain HTTP; the address begins with https://"
    ]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_1_2_and_1_3_are_spoken_and_http_1_1_alone(serve: Serve, version: ssl.TLSVersion) -> None:
    gateway = serve(API, tls=server_side())
    context = client_side()
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(["h2", "http/1.1"])
    with gateway.connect() as raw, context.wrap_socket(raw, server_hostname="localhost") as connection:
        assert connection.version() == version.name.replace("_", ".")
        assert connection.selected_alpn_protocol() == "http/1.1"


def test_a_certificate_of_an_authority_in_the_trust_store_is_let_in(
    gateway: RunningGateway, tmp_path: Path
) -> None:
    assert get(gateway, client(CA).write(tmp_path)) == 200


def test_a_client_without_a_certificate_is_refused(gateway: RunningGateway, refusals: list[str]) -> None:
    assert_refused(gateway)
    assert refusals == [
        "a client did not get through the TLS handshake: it sent no certificate, and the trust store demands one"
    ]


def another_authority() -> tuple[Issued, ...]:
    return (client(authority("Other CA")),)


def namesake() -> tuple[Issued, ...]:
    return (client(authority()),)


def expired() -> tuple[Issued, ...]:
    return (client(CA, days=-1),)


def not_yet_valid() -> tuple[Issued, ...]:
    return (client(CA, days=10),)


def self_signed() -> tuple[Issued, ...]:
    return (client(None),)


def intermediate_sent_along() -> tuple[Issued, ...]:
    between = authority("Intermediate CA", issuer=CA)
    return client(between), between


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (another_authority, "not accepted (unable to get local issuer certificate)"),
        (namesake, "not accepted (certificate signature failure)"),
        (expired, "not accepted (certificate has expired)"),
        (not_yet_valid, "not accepted (certificate is not yet valid)"),
        (self_signed, "not accepted (self"),
        (intermediate_sent_along, "the issuer of its certificate is not in the trust store"),
    ],
)
def test_a_certificate_that_does_not_chain_to_the_trust_store_is_refused(
    gateway: RunningGateway, refusals: list[str], tmp_path: Path, make, told: str
) -> None:
    certificate, *chain = make()
    assert_refused(gateway, certificate.write(tmp_path, *chain))
    assert len(refusals) == 1
    assert told in refusals[0]
    assert "client.example.com" not in refusals[0]


def test_an_intermediate_in_the_trust_store_needs_its_root_there_too(
    serve: Serve, tmp_path: Path, refusals: list[str]
) -> None:
    between = authority("Intermediate CA", issuer=CA)
    certificate = client(between).write(tmp_path)
    assert get(serve(API, tls=server_side(CA.pem + between.pem)), certificate) == 200
    assert_refused(serve(API, tls=server_side(between.pem, refusals)), certificate)
    assert "unable to get issuer certificate" in refusals[0]


def test_a_self_signed_certificate_is_refused_although_the_trust_store_has_it(
    serve: Serve, tmp_path: Path, refusals: list[str]
) -> None:
    own = client(None)
    assert_refused(serve(API, tls=server_side(CA.pem + own.pem, refusals)), own.write(tmp_path))
    assert "self-signed" in refusals[0]


def test_a_continued_session_is_not_offered(gateway: RunningGateway, tmp_path: Path) -> None:
    context = client_side(client(CA).write(tmp_path))
    with gateway.connect() as raw, context.wrap_socket(raw, server_hostname="localhost") as connection:
        connection.sendall(b"GET /dev/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
        assert connection.session is None or not connection.session.has_ticket


def test_one_client_that_hangs_in_its_handshake_keeps_nobody_out(serve: Serve) -> None:
    gateway = serve(API, tls=server_side())
    with socket.create_connection(("127.0.0.1", gateway.port)):
        assert get(gateway) == 200


def test_the_server_ends_in_time_with_clients_that_never_say_good_bye(serve: Serve) -> None:
    gateway = serve(API, tls=server_side())
    with gateway.connect() as raw, client_side().wrap_socket(raw, server_hostname="localhost") as connection:
        connection.sendall(b"GET /dev/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
        gateway.close()  # fails unless it ends within ten seconds


@pytest.mark.parametrize(
    ("store", "told"),
    [
        ("", "has no certificate in PEM"),
        ("rubbish", "has no certificate in PEM"),
        ("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "cannot be read"),
        (client(CA).pem, "has no certificate of a CA"),
    ],
)
def test_a_trust_store_that_trusts_nobody_cannot_be_used(store: str, told: str) -> None:
    with pytest.raises(TrustStoreError, match=told):
        check_trust_store(store)
    with pytest.raises(TrustStoreError, match=told):
        Tls(SERVER.certificate, SERVER.key, store).context()


def test_a_trust_store_may_tell_what_its_certificates_are(serve: Serve, tmp_path: Path) -> None:
    store = f"# die Behörde, não a outra\n{CA.pem}\n=====\n{authority('Another').pem}"
    assert get(serve(API, tls=server_side(store)), client(CA).write(tmp_path)) == 200
