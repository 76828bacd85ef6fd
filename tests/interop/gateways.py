"""Gateways in front of a small API, whose authorizer asks one of the servers."""

import ssl
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import httpx2
from joserfc.jwk import ECKey

from tests.interop.known_clients import API, API_SIGNER, AUTHORITY, JWT, OPAQUE
from tests.interop.oauth_client import dpop_proof
from tests.serve_process import ServeProcess

API_PROJECT = """
[api]
name = "pets"

[routes]
"GET /read" = { scopes = ["pets:read"], integration = { lambda = "functions.py:caller" } }
"GET /write" = { scopes = ["pets:write"], integration = { lambda = "functions.py:caller" } }
"GET /password" = { scopes = [], acr_values = ["urn:example:password"], integration = { lambda = "functions.py:caller" } }
"GET /gold" = { scopes = [], acr_values = ["urn:example:gold"], integration = { lambda = "functions.py:caller" } }
"GET /recent" = { scopes = [], max_age = 300, integration = { lambda = "functions.py:caller" } }

[authorizer]
cache = "off"
context = ["sub", "client_id", "scope", "username"]
"""
"""Cache off: what API Gateway keeps is shown elsewhere, and would hide what is shown here."""

FUNCTIONS = """
import json

def caller(event, context):
    return {"statusCode": 200, "body": json.dumps(event["requestContext"]["authorizer"])}
"""

DYNAMIC = 'refusals = "dynamic-401"\n'
NONCES = DYNAMIC + "[authorizer.dpop]\nnonces = true\n"
MUTUAL_TLS = '[local]\ntrust_store = "authority.pem"\n'


class Gateway:
    """A running `serve --no-authserver`."""

    def __init__(self, process: ServeProcess) -> None:
        self._process = process

    def get_with_certificate(self, path: str, token: str, certificate: Path) -> httpx2.Response:
        """Send a request over mutual TLS."""
        context = ssl.create_default_context(cafile=self._process.ready["ca"])
        context.load_cert_chain(certificate)
        headers = {"Authorization": f"Bearer {token}"}
        return httpx2.get(self.url(path), headers=headers, verify=context, trust_env=False, timeout=30)

    def url(self, path: str) -> str:
        return str(self._process.ready["gateway"]) + path

    def get(self, path: str, token: str | None = None, **headers: str) -> httpx2.Response:
        """Send a request; without a scheme of its own the token is a bearer token."""
        return self._process.get(path, token, headers)

    def headers(self, path: str, token: str, key: ECKey, *, nonce: str | None = None) -> dict[str, str]:
        """Return what a request with a DPoP proof for this path has."""
        proof = dpop_proof(key, "GET", self.url(path), token=token, nonce=nonce)
        return {"Authorization": f"DPoP {token}", "DPoP": proof}

    def status(self, path: str, token: str | None) -> int:
        return self.get(path, token).status_code

    def wait_for(self, status: int, path: str, token: str) -> set[int]:
        """Ask until this is the answer; return what the answers before were."""
        before, deadline = set(), time.monotonic() + 30
        while (found := self.status(path, token)) != status:
            before.add(found)
            assert time.monotonic() < deadline, before
        return before


class Gateways:
    """Gateways that run until all tests are done, one for each project."""

    def __init__(self, directory: Path) -> None:
        """`directory` is for their projects."""
        self._directory = directory
        self._processes: dict[str, ServeProcess] = {}

    def running(self, verifiers: str, authorizer: str = "") -> Gateway:
        """Return the gateway with these verifiers, as its project file has them."""
        project = API_PROJECT + authorizer + verifiers
        if project not in self._processes:
            self._processes[project] = self._start(project)
        return Gateway(self._processes[project])

    def stop(self) -> None:
        """End all of them, side by side: each takes a second."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(ServeProcess.stop, self._processes.values()))

    def _start(self, project: str) -> ServeProcess:
        directory = Path(mkdtemp(dir=self._directory))
        (directory / "apigw-oauth.toml").write_text(project)
        (directory / "functions.py").write_text(FUNCTIONS)
        assert API_SIGNER.key is not None
        (directory / "key.pem").write_bytes(API_SIGNER.key.as_pem(private=True))
        (directory / "authority.pem").write_text(AUTHORITY.pem)
        tls = ["--tls"] if MUTUAL_TLS in project else []
        return ServeProcess(directory, "--gateway", "127.0.0.1:0", "--no-authserver", *tls)


def jwt_verifier(issuer: str, **changes: Any) -> str:
    """Return the table of a verifier of oidc-provider's JWTs."""
    usual = {"issuer": issuer, "discovery": True, "audience": list(JWT.values()), "algorithms": list(JWT)}
    return _table("jwt", usual, changes)


def introspection(issuer: str, **changes: Any) -> str:
    """Return the table of a verifier that asks oidc-provider, and keeps nothing."""
    usual = {
        "issuer": issuer, "discovery": True, "audience": OPAQUE, "positive_ttl": 0, "negative_ttl": 0,
        "client_id": API.client_id, "client_secret": API.secret,
    }  # fmt: skip
    return _table("introspection", usual, changes)


def _table(kind: str, usual: Mapping[str, Any], changes: Mapping[str, Any]) -> str:
    """Write a table; None leaves a key out."""
    settings = {"type": kind, **usual, **changes}
    lines = [f"{key} = {_toml(value)}" for key, value in settings.items() if value is not None]
    return "\n".join(["", "[[verifiers]]", *lines, ""])


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else f"'{value}'"
