"""The same over TLS."""

import ipaddress
import socket
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers.http_client import HttpClient
from tests.authorizer.verifiers.test_http_client import post
from tests.scripted_server import ScriptedServer, answer, hang_up, raw


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory):
    """A certificate for 127.0.0.1 that nobody has signed but itself: its file, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + built.public_bytes(pem))
    return file


def server_context(certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def trusting(server: ScriptedServer, certificate) -> HttpClient:
    return HttpClient(server.url, tls=lambda: ssl.create_default_context(cafile=str(certificate)))


def test_tls_connections_are_kept_too(certificate):
    with ScriptedServer(answer(b"1"), hang_up, answer(b"2"), tls=server_context(certificate)) as server:
        client = trusting(server, certificate)
        assert post(client) == b"1"
        assert post(client) == b"2"  # the second connection, after one that closed before its answer
        assert {post(client) for _ in range(50)} == {b"2"}
        assert server.connections == 2
        client.close()


def test_an_answer_without_a_length_is_whole_when_tls_ends_in_order(certificate):
    def end_in_order(connection: socket.socket) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n{}")
        assert isinstance(connection, ssl.SSLSocket)
        connection.unwrap()
        return False

    with ScriptedServer(end_in_order, tls=server_context(certificate)) as server:
        assert post(trusting(server, certificate)) == b"{}"


def test_an_answer_without_a_length_is_cut_where_tls_breaks_off(certificate):
    cut = raw(b"HTTP/1.1 200 OK\r\n\r\n{}")
    with (
        ScriptedServer(cut, tls=server_context(certificate)) as server,
        pytest.raises(VerifierUnavailableError, match="SSLEOFError") as caught,
    ):
        post(trusting(server, certificate))
    assert caught.value.reason is Reason.AUTHORIZATION_SERVER_UNREACHABLE


def test_a_long_answer_over_tls_is_read_to_its_end(certificate):
    body = bytes(range(256)) * 256
    with ScriptedServer(answer(body), tls=server_context(certificate)) as server:
        client = trusting(server, certificate)
        assert [post(client), post(client)] == [body, body]
        assert server.connections == 1
        client.close()


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate):
    with ScriptedServer(answer(), tls=server_context(certificate)) as server:
        with pytest.raises(VerifierUnavailableError, match="SSLCertVerificationError") as caught:
            post(HttpClient(server.url))
        assert server.requests == []
    assert caught.value.reason is Reason.AUTHORIZATION_SERVER_UNREACHABLE


def test_a_certificate_of_another_name_is_refused_whoever_vouches_for_it(certificate):
    with ScriptedServer(answer(), tls=server_context(certificate)) as server:
        address = server.url.replace("127.0.0.1", "localhost")
        client = HttpClient(address, tls=lambda: ssl.create_default_context(cafile=str(certificate)))
        with pytest.raises(VerifierUnavailableError, match="SSLCertVerificationError"):
            post(client)
        assert server.requests == []


def test_a_client_that_was_sent_somewhere_connects_to_no_address_of_the_own_network():
    with ScriptedServer(answer()) as server:
        with pytest.raises(VerifierUnavailableError, match="PermissionError"):
            post(HttpClient(server.url, public_only=True))
        assert server.requests == []


def test_a_server_that_says_nothing_to_a_tls_handshake_is_given_up_at_the_deadline():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = HttpClient(f"https://127.0.0.1:{silent.getsockname()[1]}", total_timeout=0.1)
        with pytest.raises(VerifierUnavailableError) as caught:
            post(client)
    assert caught.value.reason is Reason.AUTHORIZATION_SERVER_TIMEOUT


@pytest.mark.parametrize(
    ("alert", "reason"),
    [
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", Reason.CREDENTIALS_REFUSED), ("TLSV1_ALERT_UNKNOWN_CA", Reason.CREDENTIALS_REFUSED),
        ("SSLV3_ALERT_CERTIFICATE_EXPIRED", Reason.CREDENTIALS_REFUSED), ("SSL/TLS_ALERT_BAD_CERTIFICATE", Reason.CREDENTIALS_REFUSED),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", Reason.AUTHORIZATION_SERVER_UNREACHABLE), (None, Reason.AUTHORIZATION_SERVER_UNREACHABLE),
        ("CERTIFICATE_VERIFY_FAILED", Reason.AUTHORIZATION_SERVER_UNREACHABLE),
    ],
)  # fmt: skip
def test_a_server_that_ends_the_handshake_because_of_our_certificate_refuses_us(alert, reason):
    class Refused(ssl.SSLContext):
        def wrap_socket(self, *_arguments, **_named):
            error = ssl.SSLError("x")
            error.reason = alert
            raise error

    with ScriptedServer(answer()) as server:
        address = server.url.replace("http", "https")
        with pytest.raises(VerifierUnavailableError, match="the connection failed") as caught:
            post(HttpClient(address, tls=lambda: Refused(ssl.PROTOCOL_TLS_CLIENT)))
    assert caught.value.reason is reason
