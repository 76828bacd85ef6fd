"""The servers, started once for all tests that need them."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.interop.gateways import Gateways
from tests.interop.known_clients import django_settings, oidc_provider_settings
from tests.interop.oauth_client import Client, OAuthClient
from tests.interop.server_process import AuthorizationServer

HERE = Path(__file__).parent
OIDC_PROVIDER = HERE / "oidc_provider"
OLDEST_NODE = (20, 12)

OpenClient = Callable[[AuthorizationServer, Client], OAuthClient]


@pytest.fixture(scope="session")
def oidc_provider() -> Iterator[AuthorizationServer]:
    """panva's oidc-provider."""
    node = _node()
    _require_installed()
    server = AuthorizationServer([node, OIDC_PROVIDER / "server.mjs"], oidc_provider_settings())
    yield server
    server.stop()


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is not installed: the packages nodejs and npm have it")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if tuple(map(int, version.lstrip("v").split(".")[:2])) < OLDEST_NODE:
        pytest.skip(f"Node.js {version.strip()} is too old for oidc-provider, which needs 20.12 or later")
    return node


def _require_installed() -> None:
    """Skip unless the packages of the lock file are there, in its versions."""
    wanted = json.loads((OIDC_PROVIDER / "package-lock.json").read_text())["packages"]
    installed = OIDC_PROVIDER / "node_modules" / ".package-lock.json"
    have = json.loads(installed.read_text())["packages"] if installed.is_file() else {}
    if {name: about["version"] for name, about in wanted.items() if name} != {
        name: about["version"] for name, about in have.items()
    }:
        pytest.skip("oidc-provider is not installed: `make interop` does it, with npm")


@pytest.fixture(scope="session")
def django() -> Iterator[AuthorizationServer]:
    """Start django-oauth-toolkit."""
    if find_spec("oauth2_provider") is None:
        pytest.skip("django-oauth-toolkit is not installed: pip install --editable '.[interop]' does it")
    server = AuthorizationServer([sys.executable, "-P", HERE / "django_server.py"], django_settings())
    yield server
    server.stop()


@pytest.fixture(scope="session")
def gateways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateways]:
    started = Gateways(tmp_path_factory.mktemp("gateways"))
    yield started
    started.stop()


@pytest.fixture
def client_of() -> Iterator[OpenClient]:
    """Clients of a server, with cookies of their own."""
    opened: list[OAuthClient] = []

    def open_client(server: AuthorizationServer, client: Client) -> OAuthClient:
        opened.append(OAuthClient(server.issuer, client))
        return opened[-1]

    yield open_client
    for client in opened:
        client.close()
