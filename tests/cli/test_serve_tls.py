"""`serve --tls`: certificates made on the fly, and mutual TLS with a trust store."""

import base64
import hashlib
import shutil
import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from apigw_oauth.cli.new import write_project
from tests.gateway.certificates import Issued, authority, client
from tests.serve_process import FREE, ServeProcess, run
from tests.tls_websocket import connected

CA = authority()


def trusting(project: Path, store: str | None = None) -> Path:
    """Give a project a trust store, and no cache: an answer that depends on a certificate is for one request."""
    file = project / "apigw-oauth.toml"
    text = file.read_text().replace("[[local.clients]]", '[local]\ntrust_store = "clients.pem"\n[[local.clients]]')
    file.write_text(text.replace('cache = "route"', 'cache = "off"'))
    if store is not None:
        (project / "clients.pem").write_text(store)
    return project


def verifying(server: ServeProcess, certificate: Path | None = None) -> httpx2.Client:
    context = ssl.create_default_context(cafile=server.ready["ca"])
    if certificate is not None:
        context.load_cert_chain(certificate)
    return httpx2.Client(base_url=server.ready["gateway"], verify=context, trust_env=False, timeout=30)


def status(server: ServeProcess, certificate: Path | None = None, token: str | None = None) -> int:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    with verifying(server, certificate) as http:
        return http.get("/mydemoresource", headers=headers).status_code


def shown_certificate(server: ServeProcess) -> str:
    address = urlsplit(server.ready["gateway"])
    assert address.hostname
    assert address.port
    return ssl.get_server_certificate((address.hostname, address.port))


def curl(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = shutil.which("curl")
    if command is None:
        pytest.skip("curl is not installed; apt-get install curl")
    return subprocess.run(
        [command, "-s", "--noproxy", "*", "--max-time", "30", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServeProcess]:
    directory = tmp_path_factory.mktemp("tls") / "project"
    write_project(directory)
    running = ServeProcess(directory, "--tls", *FREE)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def mutual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServeProcess]:
    directory = tmp_path_factory.mktemp("mutual") / "project"
    write_project(directory)
    running = ServeProcess(trusting(directory, CA.pem), "--tls", *FREE)
    yield running
    running.stop()


def test_the_gateway_speaks_tls_and_the_authorization_server_does_not(server: ServeProcess) -> None:
    assert server.ready["gateway"].startswith("https://127.0.0.1:")
    assert server.ready["authserver"].startswith("http://127.0.0.1:")
    assert server.ready["mutual_tls"] is False
    assert status(server) == 401
    assert status(server, token=server.token("profile")) == 200


def test_the_authority_is_in_a_private_file_of_the_project(server: ServeProcess) -> None:
    path = Path(server.ready["ca"])
    assert path.parent == server.project / ".apigw-oauth"
    assert path.stat().st_mode & 0o777 == 0o600
    assert "PRIVATE KEY" not in path.read_text()


def test_curl_k_works_as_in_the_article(server: ServeProcess) -> None:
    url = f"{server.ready['gateway']}/mydemoresource"
    done = curl("-k", url, "-H", f"Authorization: Bearer {server.token('profile')}")
    assert (done.returncode, done.stdout) == (0, '{"Hello":"World"}')
    assert curl("--cacert", server.ready["ca"], url).returncode == 0
    assert curl(url).returncode == 60


def test_token_and_try_find_it(server: ServeProcess) -> None:
    assert run("token", "--project", str(server.project)).returncode == 0
    done = run("try", "GET", "/mydemoresource", "--project", str(server.project))
    assert done.returncode == 1
    assert "401" in done.stdout


def test_curl_with_a_certificate_gets_through_and_without_one_it_does_not(
    mutual: ServeProcess, tmp_path: Path
) -> None:
    assert mutual.ready["mutual_tls"] is True
    certificate = client(CA).write(tmp_path)
    url = f"{mutual.ready['gateway']}/mydemoresource"
    token = f"Authorization: Bearer {mutual.token('profile')}"
    done = curl("-k", "--cert", str(certificate), url, "-H", token)
    assert (done.returncode, done.stdout) == (0, '{"Hello":"World"}')
    for more in ([], ["--cert", str(client(authority("Another")).write(tmp_path, name="other"))]):
        done = curl("-k", *more, url, "-H", token)
        assert done.returncode != 0
        assert done.stdout == ""


def test_a_token_that_is_bound_to_a_certificate_is_good_with_that_one_only(
    mutual: ServeProcess, tmp_path: Path
) -> None:
    owner, thief = client(CA), client(CA)
    der = ssl.PEM_cert_to_DER_cert(owner.pem)
    thumbprint = base64.urlsafe_b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")
    wanted = {
        "grantType": "CLIENT_CREDENTIALS", "clientIdentifier": "demo", "scopes": ["profile"],
        "certificateThumbprint": thumbprint,
    }  # fmt: skip
    token = mutual.authlete("token/create", wanted)["accessToken"]
    assert status(mutual, thief.write(tmp_path, name="thief"), token) == 401
    assert status(mutual, owner.write(tmp_path), token) == 200


def test_a_refused_handshake_is_told_on_standard_error(mutual: ServeProcess) -> None:
    with pytest.raises(httpx2.TransportError):
        status(mutual)
    assert "it sent no certificate" in mutual.wait_for_message(lambda line: "TLS handshake" in line)


@pytest.mark.usefixtures("measured_processes")
def test_a_reload_keeps_the_certificate_and_reads_the_trust_store_anew(project: Path, tmp_path: Path) -> None:
    other = authority("Other CA")
    server = ServeProcess(trusting(project, CA.pem), "--tls", *FREE)
    try:
        before = shown_certificate(server)
        certificate = client(other).write(tmp_path)
        with pytest.raises(httpx2.TransportError):
            status(server, certificate)
        (project / "clients.pem").write_text(other.pem)
        server.wait_for_message(lambda line: "started anew" in line and "https://" in line)
        assert shown_certificate(server) == before
        assert status(server, certificate) == 401
        (project / "clients.pem").write_text("")
        server.wait_for_message(lambda line: "local.trust_store: clients.pem has no certificate" in line)
        assert status(server, certificate) == 401
    finally:
        assert server.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_end_is_clean_with_an_open_connection_and_leaves_no_file(
    project: Path, tmp_path: Path, number: signal.Signals
) -> None:
    (tmp_path / "tmp").mkdir()
    server = ServeProcess(project, "--tls", *FREE, environ={"TMPDIR": str(tmp_path / "tmp")})
    address = urlsplit(server.ready["gateway"])
    context = ssl.create_default_context(cafile=server.ready["ca"])
    with (
        socket.create_connection((address.hostname, address.port), timeout=30) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as connection,
    ):
        connection.sendall(b"GET /dev/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(10) == b"HTTP/1.1 2"
        assert server.stop(number) == 0
    assert server.messages == []
    assert list((project / ".apigw-oauth").iterdir()) == list((tmp_path / "tmp").iterdir()) == []


def test_two_serves_of_one_project_have_each_its_own_authority(project: Path) -> None:
    first, second = (ServeProcess(project, "--tls", *FREE) for _ in range(2))
    try:
        assert status(first) == status(second) == 401
        assert second.stop() == 0
        assert status(first) == 401
    finally:
        assert first.stop() == 0
    assert list((project / ".apigw-oauth").iterdir()) == []


def test_a_websocket_api_is_reached_by_wss(tmp_path: Path) -> None:
    (tmp_path / "apigw-oauth.toml").write_text('[api]\ntype = "websocket"\n[routes]\n"$connect" = ["chat"]\n')
    server = ServeProcess(trusting(tmp_path, CA.pem), "--tls", *FREE)
    try:
        assert server.ready["gateway"].startswith("wss://127.0.0.1:")
        context = ssl.create_default_context(cafile=server.ready["ca"])
        context.load_cert_chain(client(CA).write(tmp_path))
        headers = {"Authorization": f"Bearer {server.token('chat')}"}
        with connected(server.ready["gateway"], ssl=context, additional_headers=headers, proxy=None):
            assert server.next()["status"] == 101
    finally:
        assert server.stop() == 0


def test_an_http_api_is_reached_by_https(tmp_path: Path) -> None:
    (tmp_path / "apigw-oauth.toml").write_text('[api]\ntype = "http"\n[routes]\n"GET /mydemoresource" = []\n')
    server = ServeProcess(tmp_path, "--tls", *FREE)
    try:
        assert status(server, token=server.token()) == 200
    finally:
        assert server.stop() == 0


def no_ca() -> Issued:
    return client(CA)


@pytest.mark.parametrize(
    ("store", "told"),
    [
        (None, "local.trust_store: clients.pem: No such file or directory"),
        ("", "local.trust_store: clients.pem has no certificate in PEM"),
        ("rubbish", "local.trust_store: clients.pem has no certificate in PEM"),
        (no_ca().pem, "local.trust_store: clients.pem has no certificate of a CA"),
    ],
)
def test_a_trust_store_that_cannot_be_used_keeps_serve_from_starting(
    project: Path, store: str | None, told: str
) -> None:
    done = run("serve", "--tls", "--project", str(trusting(project, store)), *FREE)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{project / 'apigw-oauth.toml'}: {told}" in done.stderr
    assert not (project / ".apigw-oauth").exists()


def test_a_trust_store_without_tls_is_a_mistake(project: Path) -> None:
    done = run("serve", "--project", str(trusting(project, CA.pem)), *FREE)
    assert (done.returncode, done.stdout) == (2, "")
    assert "local.trust_store: certificates of clients need TLS; start `apigw-oauth serve --tls`" in done.stderr
