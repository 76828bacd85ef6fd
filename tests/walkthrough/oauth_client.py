"""A client of the development authorization server, over real HTTP: it gets tokens, and proves what they are bound to."""

import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.serve_process import NO_TLS, ServeProcess


class OAuthClient:
    """The first client of a running `serve`, with a key of its own for DPoP. See RFC 9449 §4."""

    def __init__(self, serve: ServeProcess) -> None:
        self._serve = serve
        self._server: str = serve.ready["authserver"]
        (self._credentials, *_) = serve.ready["clients"]
        self._key = ECKey.generate_key("P-256", private=True)

    def token(self, *, bound: bool = False, **parameters: str) -> str:
        """Get a token for the client itself; `bound`: to its key."""
        url = f"{self._server}/token"
        headers = {"DPoP": self.proof("POST", url)} if bound else {}
        answer = httpx2.post(
            url,
            data={"grant_type": "client_credentials", **parameters},
            auth=(self._credentials["client_id"], self._credentials["client_secret"]),
            headers=headers,
            verify=NO_TLS,
            trust_env=False,
        )
        assert answer.status_code == 200, answer.text
        assert answer.json()["token_type"] == ("DPoP" if bound else "Bearer")
        token: str = answer.json()["access_token"]
        return token

    def revoke(self, token: str) -> None:
        """Give a token up. See RFC 7009."""
        answer = httpx2.post(
            f"{self._server}/revoke",
            data={"token": token},
            auth=(self._credentials["client_id"], self._credentials["client_secret"]),
            verify=NO_TLS,
            trust_env=False,
        )
        assert answer.status_code == 200, answer.text

    def proof(self, method: str, url: str, token: str | None = None, **claims: Any) -> str:
        """Make a proof for one request."""
        made = {"jti": secrets.token_urlsafe(), "htm": method, "htu": url, "iat": int(time.time())}
        if token is not None:
            digest = hashlib.sha256(token.encode()).digest()
            made["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        made |= claims
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self._key.as_dict(private=False)}
        return jwt.encode(header, made, self._key)

    def url(self, path: str) -> str:
        """Return the address of a path of the API."""
        return f"{self._serve.ready['gateway']}{path}"

    def headers(self, path: str, token: str, **claims: Any) -> Mapping[str, str]:
        """Return what a request of the API needs, with a new proof."""
        return {"Authorization": f"DPoP {token}", "DPoP": self.proof("GET", self.url(path), token, **claims)}

    def get(self, path: str, token: str, **claims: Any) -> httpx2.Response:
        """Ask the API, with a bound token and a new proof."""
        return self._serve.get(path, headers=self.headers(path, token, **claims))
