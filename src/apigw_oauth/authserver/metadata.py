"""What the server says about itself, and its public keys. See RFC 8414, RFC 7517."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from apigw_oauth.authserver import (
    authorization_endpoint,
    introspection_endpoint,
    revocation_endpoint,
    token_endpoint,
)
from apigw_oauth.authserver.api_calls import json_response
from apigw_oauth.authserver.client_settings import AUTHENTICATION_METHODS
from apigw_oauth.authserver.service import Service
from apigw_oauth.authserver.signatures import ASYMMETRIC_ALGORITHMS

JWKS_PATH = "/jwks"
# OpenID Connect Discovery has its own place; many programs look for the key set there alone.
_PATHS = ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration")
_PROVING_METHODS = [method for method in AUTHENTICATION_METHODS if method != "none"]


def routes(service: Service) -> list[Route]:
    """List the paths of the documents."""
    documents: list[tuple[str, Callable[[], dict[str, Any]]]] = [
        *((path, lambda: describe(service)) for path in _PATHS),
        (JWKS_PATH, service.signing_keys.public_key_set),
    ]
    return [Route(path, _answering(document), methods=["GET"]) for path, document in documents]


def _answering(document: Callable[[], dict[str, Any]]) -> Callable[[Request], Response]:
    def answer(_: Request) -> Response:  # not a coroutine: starlette runs it in a thread, as keys may be made here
        return json_response(document())

    return answer


def describe(service: Service) -> dict[str, Any]:
    """Write the metadata of the service. See RFC 8414 §2."""
    settings = service.settings
    url = settings.base_url
    algorithms = list(ASYMMETRIC_ALGORITHMS)
    return {
        "issuer": url,
        "authorization_endpoint": url + authorization_endpoint.PATH,
        "token_endpoint": url + token_endpoint.PATH,
        "introspection_endpoint": url + introspection_endpoint.PATH,
        "revocation_endpoint": url + revocation_endpoint.PATH,
        "jwks_uri": url + JWKS_PATH,
        "scopes_supported": list(settings.supported_scopes),
        "response_types_supported": list(authorization_endpoint.response_types(settings)),
        "response_modes_supported": ["query", "fragment"],
        "grant_types_supported": [*token_endpoint.GRANT_TYPES, *(["implicit"] if settings.implicit_grant else [])],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": list(AUTHENTICATION_METHODS),
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint_auth_methods_supported": list(AUTHENTICATION_METHODS),
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        # RFC 8414 §2 lets the schemes of access tokens stand here too.
        "introspection_endpoint_auth_methods_supported": [*_PROVING_METHODS, "Bearer"],
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
        "introspection_signing_alg_values_supported": [settings.introspection_signing_algorithm],
        "authorization_response_iss_parameter_supported": True,
        "dpop_signing_alg_values_supported": algorithms,
        "tls_client_certificate_bound_access_tokens": True,
        **({"acr_values_supported": list(settings.supported_acrs)} if settings.supported_acrs else {}),
    }
