"""The clients, resources and users that the servers are started with; secrets are made up for each run."""

import secrets
from collections.abc import Mapping
from typing import Any

from joserfc.jwk import ECKey

from tests.gateway import certificates
from tests.interop.oauth_client import CALLBACK, Client

SCOPES = ("pets:read", "pets:write")
OPAQUE = "https://api.example.com/opaque"
"""The resource whose tokens oidc-provider gives out as references."""
JWT = {alg: f"https://api.example.com/jwt/{alg}" for alg in ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")}
"""Resources whose tokens it signs, by algorithm."""
OTHER_OPAQUE, OTHER_JWT = "https://other.example.com/opaque", "https://other.example.com/jwt"
"""Resources of somebody else."""
USER = ("john", secrets.token_urlsafe(12))

_CODE = {"grant_types": ["authorization_code"], "redirect_uris": [CALLBACK], "response_types": ["code"]}
_OWN: Mapping[str, Any] = {"grant_types": ["client_credentials"], "redirect_uris": [], "response_types": []}
_ASKS: Mapping[str, Any] = {"grant_types": [], "redirect_uris": [], "response_types": []}


def _with_secret(name: str) -> Client:
    return Client(name, secret=secrets.token_urlsafe(24))


def _with_key(name: str) -> Client:
    return Client(name, key=ECKey.generate_key("P-256", {"kid": name}))


WEB = _with_secret("web")
MACHINE = _with_secret("machine")
SIGNER = _with_key("signer")
"""Authenticates by private_key_jwt."""
BOUND = _with_secret("dpop")
"""Gets no tokens but those that are bound to a key."""
WITH_NONCES = _with_secret("dpop-with-nonces")
"""The same, and its proofs need the server's nonces."""
AUTHORITY = certificates.authority()
CERTIFICATE, OTHER_CERTIFICATE = certificates.client(AUTHORITY), certificates.client(AUTHORITY)
CERTIFIED = _with_secret("certified")._replace(certificate=CERTIFICATE.pem)
"""Its tokens are bound to its certificate."""
API = _with_secret("api")
"""The APIs: they ask about tokens and get none."""
API_POST = _with_secret("api-post")._replace(in_form=True)
API_SIGNER = _with_key("api-signer")
API_SIGNED = _with_secret("api-signed")
"""Gets answers that are signed with RS256, as all APIs do that ask for signed ones; API_SIGNER has ES256."""


def oidc_provider_settings() -> dict[str, Any]:
    """Return what server.mjs is told: metadata of clients as OpenID Connect Registration names them."""
    signs = {"introspection_signed_response_alg": "ES256"}
    asking = [_metadata(client, **_ASKS) for client in (API, API_POST, API_SIGNED)]
    asking.append(_metadata(API_SIGNER, **_ASKS, **signs))
    clients = [
        _metadata(WEB, **_CODE),
        _metadata(MACHINE, **_OWN),
        _metadata(SIGNER, **_OWN),
        _metadata(BOUND, **_OWN, dpop_bound_access_tokens=True),
        _metadata(WITH_NONCES, **_OWN, dpop_bound_access_tokens=True),
        _metadata(CERTIFIED, **_OWN, tls_client_certificate_bound_access_tokens=True),
    ]
    return {
        "clients": [*clients, *asking],
        "introspecting": [client["client_id"] for client in asking],
        "scopes": ["openid"],
        "resources": {
            **{resource: _resource(resource, "opaque") for resource in (OPAQUE, OTHER_OPAQUE)},
            **{resource: _resource(resource, "jwt", jwt={"sign": {"alg": alg}}) for alg, resource in JWT.items()},
            OTHER_JWT: _resource(OTHER_JWT, "jwt", jwt={"sign": {"alg": "ES256"}}),
        },
    }


def _resource(uri: str, form: str, **more: Any) -> dict[str, Any]:
    return {"scope": " ".join(SCOPES), "audience": uri, "accessTokenFormat": form, **more}


def _metadata(client: Client, **more: Any) -> dict[str, Any]:
    if client.key is not None:
        keys = {"keys": [client.key.as_dict(private=False)]}
        how: dict[str, Any] = {"token_endpoint_auth_method": "private_key_jwt", "jwks": keys}
    else:
        method = "client_secret_post" if client.in_form else "client_secret_basic"
        how = {"token_endpoint_auth_method": method, "client_secret": client.secret}
    return {"client_id": client.client_id, **how, **more}


def django_settings() -> dict[str, Any]:
    """Return what django_server.py is told: rows of its table of clients."""
    own = [_row(client, "client-credentials") for client in (MACHINE, API)]
    return {
        "clients": [_row(WEB, "authorization-code") | {"redirect_uris": CALLBACK}, *own],
        "users": dict([USER]),
        "scopes": SCOPES,
    }


def _row(client: Client, grant: str) -> dict[str, Any]:
    return {
        "name": client.client_id,
        "client_id": client.client_id,
        "client_secret": client.secret,
        "client_type": "confidential",
        "authorization_grant_type": grant,
    }
