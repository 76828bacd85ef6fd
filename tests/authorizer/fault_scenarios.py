"""Requests that are allowed if everything works: one for each way to establish who calls.

Each has a good edition, and one whose token has expired an hour ago.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tests.authorizer.dpop_client import CERTIFICATE, CERTIFICATE_THUMBPRINT, jkt
from tests.authorizer.lambda_environment import event
from tests.authorizer.verifiers.jose_signing import b64, private_key, public_jwk, sign

NOW = 1_700_000_000
API = "https://api.example.com/prod"
NONCE_SECRET = "0123456789abcdef0123456789abcdef"

Answers = Mapping[str, Callable[[bytes], tuple[str, bytes]]]
"""By path: from the body of a request to media type and body of the answer."""


class Scenario(NamedTuple):
    """What an authorizer is set up with, what its authorization server answers, and what it is asked."""

    verifiers: list[dict[str, Any]]
    answers: Answers
    event: dict[str, Any]
    settings: dict[str, Any] = {}  # noqa: RUF012 - read only


Build = Callable[[str, int], Scenario]
"""From the address of the authorization server, and when the token ends."""


def always(content: object, media_type: str = "application/json") -> Callable[[bytes], tuple[str, bytes]]:
    body = content.encode() if isinstance(content, str) else json.dumps(content).encode()
    return lambda _body: (media_type, body)


def jwt(issuer: str, end: int, **claims: Any) -> str:
    given = {
        "iss": issuer, "aud": API, "sub": "john", "client_id": "demo", "scope": "profile", "exp": end, "iat": end - 600, "jti": "1",
    }  # fmt: skip
    return sign({"typ": "at+jwt", "alg": "ES256", "kid": "1"}, {**given, **claims})


KEYS = {"keys": [public_jwk("P-256", kid="1")]}


def presented(
    token: str, *, scheme: str = "Bearer", proof: str | None = None, certificate: str | None = None
) -> Any:
    """The recorded event, with a token and what proves its sender."""
    sent = event()
    given = {"Authorization": f"{scheme} {token}", **({} if proof is None else {"DPoP": proof})}
    sent["headers"] = {**sent["headers"], **given}
    sent["multiValueHeaders"] = {name: [value] for name, value in sent["headers"].items()}
    if certificate is not None:
        sent["requestContext"]["identity"]["clientCert"] = {"clientCertPem": certificate}
    return sent


def proof_for(token: str, **claims: Any) -> str:
    given = {
        "jti": "one", "htm": "POST", "htu": f"{API}/lambda-request", "iat": NOW, "ath": b64(hashlib.sha256(token.encode()).digest()),
    }  # fmt: skip
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": public_jwk("P-256")}
    return sign(header, {**given, **claims}, key=private_key("P-256"))


def authlete(url: str, end: int) -> Scenario:
    content = {"action": "OK", "clientId": 5, "subject": "john", "scopes": ["profile"], "expiresAt": end * 1000}
    table = {"type": "authlete", "base_url": url, "api_key": "k", "api_secret": "s"}
    return Scenario([table], {"/api/auth/introspection": always(content)}, presented("opaque"))


def kept_by_aws(url: str, end: int) -> Scenario:
    scenario = authlete(url, end)
    return scenario._replace(verifiers=[{**scenario.verifiers[0], "api_secret": "secretsmanager:as"}])


def authlete_with_proof(url: str, end: int) -> Scenario:
    """Authlete says that the token is bound, and is asked again with the proof."""
    good = {"action": "OK", "clientId": 5, "subject": "john", "scopes": ["profile"], "expiresAt": end * 1000}
    unproven = {"action": "UNAUTHORIZED", "resultCode": "A065308"}

    def say(body: bytes) -> tuple[str, bytes]:
        return "application/json", json.dumps(good if "dpop" in json.loads(body) else unproven).encode()

    sent = presented("opaque", scheme="DPoP", proof=proof_for("opaque"))
    return authlete(url, end)._replace(answers={"/api/auth/introspection": say}, event=sent)


def introspection_table(url: str) -> dict[str, Any]:
    return {"type": "introspection", "endpoint": f"{url}/introspect", "client_id": "c", "client_secret": "s"}


def introspected(end: int, **members: Any) -> dict[str, Any]:
    given = {"active": True, "sub": "john", "client_id": "demo", "scope": "profile", "exp": end, "iat": end - 600}
    return {**given, **members}


def introspection(url: str, end: int) -> Scenario:
    return Scenario([introspection_table(url)], {"/introspect": always(introspected(end))}, presented("opaque"))


def discovered_introspection(url: str, end: int) -> Scenario:
    table = {"type": "introspection", "issuer": url, "client_id": "c", "client_secret": "s"}
    metadata = {"issuer": url, "introspection_endpoint": f"{url}/introspect"}
    answers = {
        "/.well-known/oauth-authorization-server": always(metadata),
        "/introspect": always(introspected(end)),
    }
    return Scenario([{**table, "discovery": True}], answers, presented("opaque"))


def signed_introspection(url: str, end: int) -> Scenario:
    claims = {"iss": url, "aud": API, "iat": NOW, "token_introspection": introspected(end)}
    text = sign({"typ": "token-introspection+jwt", "alg": "ES256", "kid": "1"}, claims)
    table = {
        **introspection_table(url), "issuer": url, "signed_response": "required", "signed_response_audience": API,
        "signing_algorithms": ["ES256"], "jwks_uri": f"{url}/jwks",
    }  # fmt: skip
    answers = {"/introspect": always(text, "application/token-introspection+jwt"), "/jwks": always(KEYS)}
    return Scenario([table], answers, presented("opaque"))


def signed(url: str, end: int) -> Scenario:
    table = {"type": "jwt", "issuer": url, "audience": API, "jwks_uri": f"{url}/jwks"}
    return Scenario([table], {"/jwks": always(KEYS)}, presented(jwt(url, end)))


def signed_and_discovered(url: str, end: int) -> Scenario:
    metadata = {"issuer": url, "jwks_uri": f"{url}/jwks"}
    answers = {"/.well-known/oauth-authorization-server": always(metadata), "/jwks": always(KEYS)}
    table = {"type": "jwt", "issuer": url, "audience": API, "discovery": True}
    return Scenario([table], answers, presented(jwt(url, end)))


def signed_and_introspected(url: str, end: int) -> Scenario:
    table = {"type": "jwt", "issuer": url, "audience": API, "jwks_uri": f"{url}/jwks", "introspect_jwts": True}
    answers = {"/jwks": always(KEYS), "/introspect": always(introspected(end))}
    return Scenario([table, introspection_table(url)], answers, presented(jwt(url, end)))


def bound_to_a_key(url: str, end: int) -> Scenario:
    token = jwt(url, end, cnf={"jkt": jkt()})
    return signed(url, end)._replace(event=presented(token, scheme="DPoP", proof=proof_for(token)))


def bound_to_a_key_with_nonces(url: str, end: int) -> Scenario:
    from apigw_oauth.authorizer.dpop_nonce import Nonces

    nonce = Nonces(NONCE_SECRET, clock=lambda: NOW).current()
    answers = {"/introspect": always(introspected(end, cnf={"jkt": jkt()}))}
    sent = presented("opaque", scheme="DPoP", proof=proof_for("opaque", nonce=nonce))
    return Scenario(
        [introspection_table(url)], answers, sent, {"dpop": {"nonces": True}, "refusals": "dynamic-401"}
    )


def bound_to_a_certificate(url: str, end: int) -> Scenario:
    answers = {"/introspect": always(introspected(end, cnf={"x5t#S256": CERTIFICATE_THUMBPRINT}))}
    return Scenario([introspection_table(url)], answers, presented("opaque", certificate=CERTIFICATE))


def recently_authenticated(url: str, end: int) -> Scenario:
    answers = {"/introspect": always(introspected(end, auth_time=NOW - 10, acr="gold"))}
    route = {"route": "POST /lambda-request", "any_of": [["profile"]], "max_age": 60, "acr_values": ["gold"]}
    return Scenario([introspection_table(url)], answers, presented("opaque"), {"routes": [route]})


SCENARIOS: tuple[Build, ...] = (
    authlete,
    kept_by_aws,
    authlete_with_proof,
    introspection,
    discovered_introspection,
    signed_introspection,
    signed,
    signed_and_discovered,
    signed_and_introspected,
    bound_to_a_key,
    bound_to_a_key_with_nonces,
    bound_to_a_certificate,
    recently_authenticated,
)
