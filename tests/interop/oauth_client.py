"""A client of an authorization server, as its makers' documents describe one."""

import base64
import hashlib
import re
import secrets
import time
import uuid
from collections.abc import Mapping
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import parse_qs, quote, urljoin, urlsplit

import httpx2
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from tests.serve_process import NO_TLS

CALLBACK = "http://127.0.0.1:9/callback"
"""Nobody listens there; the code is read from the redirect."""
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

_FORM = re.compile(r"<form.*?</form>", re.DOTALL)
_ACTION = re.compile(r'<form[^>]*\saction="([^"]*)"')
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
_ATTRIBUTE = re.compile(r'\s(name|value)="([^"]*)"')


class Client(NamedTuple):
    """How a client is known to the server."""

    client_id: str
    secret: str | None = None
    key: ECKey | None = None
    """What signs its assertions (RFC 7523); without it the secret is sent."""
    in_form: bool = False
    """Whether the secret goes into the form (client_secret_post)."""
    certificate: str | None = None
    """PEM text, told to the server as a TLS terminator would."""


class Answers(NamedTuple):
    """What a person types into the forms of the server."""

    login: Mapping[str, str]
    consent: Mapping[str, str]


def dpop_proof(key: ECKey, method: str, url: str, *, token: str | None = None, nonce: str | None = None) -> str:
    """Sign a proof for one request. See RFC 9449 §4.2."""
    claims: dict[str, Any] = {"jti": str(uuid.uuid4()), "htm": method, "htu": url, "iat": int(time.time())}
    if token is not None:
        digest = hashlib.sha256(token.encode()).digest()
        claims["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if nonce is not None:
        claims["nonce"] = nonce
    public = {
        name: value for name, value in key.as_dict(private=False).items() if name in {"kty", "crv", "x", "y"}
    }
    return jwt.encode({"alg": "ES256", "typ": "dpop+jwt", "jwk": public}, claims, key)


class OAuthClient:
    """Speaks with the endpoints that the server's metadata name."""

    def __init__(self, issuer: str, client: Client) -> None:
        self._issuer = issuer
        self._client = client
        self._http = httpx2.Client(verify=NO_TLS, trust_env=False, timeout=30)
        found = self._http.get(f"{issuer}/.well-known/oauth-authorization-server").raise_for_status()
        self.metadata: dict[str, Any] = found.json()

    def close(self) -> None:
        self._http.close()

    def own_token(self, scope: str, *, proof_key: ECKey | None = None, **more: str) -> str:
        """Get a token for the client itself. See RFC 6749 §4.4."""
        asked = {"grant_type": "client_credentials", "scope": scope, **more}
        return self._token(asked, proof_key=proof_key)

    def users_token(self, scope: str, answers: Answers, *, proof_key: ECKey | None = None, **more: str) -> str:
        """Get a token for a user, who logs in and consents. See RFC 6749 §4.1 and RFC 7636."""
        verifier = secrets.token_urlsafe(32)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code", "client_id": self._client.client_id, "redirect_uri": CALLBACK, "scope": scope,
            "state": secrets.token_urlsafe(16), "code_challenge": challenge, "code_challenge_method": "S256", **more,
        }  # fmt: skip
        arrived = self._walk(self.metadata["authorization_endpoint"], asked, answers)
        assert arrived["state"] == asked["state"]
        exchange = {
            "grant_type": "authorization_code", "code": arrived["code"], "redirect_uri": CALLBACK,
            "code_verifier": verifier, **more,
        }  # fmt: skip
        return self._token(exchange, proof_key=proof_key)

    def introspect(self, token: str, **headers: str) -> httpx2.Response:
        """Ask about a token. See RFC 7662."""
        return self.post(self.metadata["introspection_endpoint"], {"token": token}, **headers)

    def introspect_as_bearer(self, token: str, own: str) -> httpx2.Response:
        """Ask about a token, with one of our own instead of a secret."""
        headers = {"Authorization": f"Bearer {own}"}
        return self._http.post(self.metadata["introspection_endpoint"], data={"token": token}, headers=headers)

    def revoke(self, token: str) -> None:
        """Take a token back. See RFC 7009."""
        self.post(self.metadata["revocation_endpoint"], {"token": token}).raise_for_status()

    def keys(self) -> KeySet:
        """Fetch what the server signs with."""
        return KeySet.import_key_set(self._http.get(self.metadata["jwks_uri"]).raise_for_status().json())

    def post(self, url: str, form: Mapping[str, str], **headers: str) -> httpx2.Response:
        """Send a form, and who we are."""
        client = self._client
        if client.certificate is not None:
            headers["X-Client-Certificate"] = quote(client.certificate)
        if client.key is not None:
            assertion = {"client_assertion_type": ASSERTION, "client_assertion": self._assertion(client.key)}
            return self._http.post(url, data={**form, **assertion}, headers=headers)
        assert client.secret is not None
        if client.in_form:
            form = {**form, "client_id": client.client_id, "client_secret": client.secret}
            return self._http.post(url, data=dict(form), headers=headers)
        return self._http.post(url, data=dict(form), headers=headers, auth=(client.client_id, client.secret))

    def _assertion(self, key: ECKey) -> str:
        name, now = self._client.client_id, int(time.time())
        claims = {
            "iss": name,
            "sub": name,
            "aud": self._issuer,
            "jti": str(uuid.uuid4()),
            "iat": now,
            "exp": now + 60,
        }
        return jwt.encode({"alg": "ES256"}, claims, key)

    def _token(self, asked: Mapping[str, str], *, proof_key: ECKey | None) -> str:
        url = self.metadata["token_endpoint"]
        headers = {} if proof_key is None else {"DPoP": dpop_proof(proof_key, "POST", url)}
        answer = self.post(url, asked, **headers)
        if proof_key is not None and answer.status_code == 400 and answer.json()["error"] == "use_dpop_nonce":
            proof = dpop_proof(proof_key, "POST", url, nonce=answer.headers["dpop-nonce"])
            answer = self.post(url, asked, DPoP=proof)
        assert answer.status_code == 200, answer.text
        given = answer.json()
        assert given["token_type"].lower() == ("bearer" if proof_key is None else "dpop")
        token: str = given["access_token"]
        return token

    def _walk(self, url: str, asked: Mapping[str, str], answers: Answers) -> dict[str, str]:
        """Follow redirects and fill in forms, until the server sends the browser back to us."""
        page = self._http.get(url, params=dict(asked))
        for _ in range(12):
            location = page.headers.get("location")
            if location is not None:
                target = urljoin(str(page.url), location)
                if target.startswith(CALLBACK):
                    return {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
                page = self._http.get(target)
                continue
            assert page.status_code == 200, page.text
            page = self._fill_in(page, answers)
        raise AssertionError("the server never comes back to the client")

    def _fill_in(self, page: httpx2.Response, answers: Answers) -> httpx2.Response:
        form = next(iter(_FORM.findall(page.text)))
        hidden = [dict(_ATTRIBUTE.findall(field)) for field in _HIDDEN.findall(form)]
        fields = {field["name"]: unescape(field.get("value", "")) for field in hidden}
        typed = answers.login if 'type="password"' in form else answers.consent
        action = _ACTION.search(form)
        target = urljoin(str(page.url), unescape(action.group(1)) if action else "")
        return self._http.post(target, data={**fields, **typed})
