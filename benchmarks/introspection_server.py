"""An authorization server on this machine that knows every token, over TLS, with an authority of its own."""

import datetime as dt
import ipaddress
import json
import socket
import ssl
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from benchmarks.http_by_hand import read_request, response

HOST = "127.0.0.1"


class IntrospectionServer:
    """Listens on a free port until it is closed. Connections stay open for as long as the client wants."""

    def __init__(self, directory: Path) -> None:
        """Write certificates into a directory, and listen."""
        self.authority, identity = _certificates(directory)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(identity)
        self._listening = socket.create_server((HOST, 0))
        said = {
            "active": True,
            "sub": "ann",
            "client_id": "demo",
            "scope": "read write",
            "token_type": "Bearer",
            "exp": int(time.time()) + 86400,
        }
        self._answer = response("200 OK", json.dumps(said).encode())
        self.requests = 0
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def endpoint(self) -> str:
        """Return the URL of the introspection endpoint."""
        return f"https://{HOST}:{self._listening.getsockname()[1]}/introspect"

    def __enter__(self) -> Self:
        """Return the server, which listens already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening; a connection lives as long as the function at its other end."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                connection, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, raw: socket.socket) -> None:
        with raw, suppress(OSError):
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._tls.wrap_socket(raw, server_side=True) as connection:
                self.connections += 1
                while read_request(connection):
                    self.requests += 1
                    connection.sendall(self._answer)


def _certificates(directory: Path) -> tuple[Path, Path]:
    """Return files with the certificate of an authority, and with certificate and key of a server of it."""
    ours, servers = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "benchmark")])
    now = dt.datetime.now(dt.UTC)
    blank = (
        x509.CertificateBuilder()
        .issuer_name(name)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=2))
    )
    key_id = x509.SubjectKeyIdentifier.from_public_key(ours.public_key())
    authority = (
        blank.subject_name(name)
        .public_key(ours.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(key_id, critical=False)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(ours, hashes.SHA256())
    )
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
    server = (
        blank.subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)]))
        .public_key(servers.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(address, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(key_id), critical=False)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .sign(ours, hashes.SHA256())
    )
    trusted, identity = directory / "authority.pem", directory / "server.pem"
    trusted.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    key = servers.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    identity.write_bytes(server.public_bytes(serialization.Encoding.PEM) + key)
    return trusted, identity


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
