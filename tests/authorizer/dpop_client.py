"""A client that proves possession of its key, well or not so well, and the requests that it sends."""

import base64
import hashlib
from typing import Any

from apigw_oauth.authorizer import sender_constraint
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.bearer_token import Credentials
from apigw_oauth.authorizer.errors import BearerTokenError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.replay_store import ReplayStore
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.sender_constraint import SenderConstraint
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers.algorithms import ALGORITHMS
from apigw_oauth.authorizer.verifiers.jwks import thumbprint
from tests.authorizer.conftest import FakeClock, make_request
from tests.authorizer.verifiers.jose_signing import b64, kind_of, private_key, public_jwk, sign

NOW = 1_700_000_000
BASE = "https://api.example.com/dev"
TOKEN = "a-token"
SECRET = "0123456789abcdef0123456789abcdef"
ABSENT: Any = object()

CLAIMS: dict[str, Any] = {
    "jti": "one", "htm": "GET", "htu": f"{BASE}/pets/7", "iat": NOW, "ath": b64(hashlib.sha256(TOKEN.encode()).digest()),
}  # fmt: skip

# RFC 8705 appendix A.
CERTIFICATE = """-----BEGIN CERTIFICATE-----
MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARtdGxzMB4XDTE4MTAx
ODEyMzcwOVoXDTIyMDUwMjEyMzcwOVowDzENMAsGA1UEAwwEbXRsczBZMBMGByqG
SM49AgEGCCqGSM49AwEHA0IABNcnyxwqV6hY8QnhxxzFQ03C7HKW9OylMbnQZjjJ
/Au08/coZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6IxLm8wCgYIKoZIzj0EAwID
SQAwRgIhAP0RC1E+vwJD/D1AGHGzuri+hlV/PpQEKTWUVeORWz83AiEA5x2eXZOV
bUlJSGQgjwD5vaUaKlLR50Q2DmFfQj1L+SY=
-----END CERTIFICATE-----
"""
CERTIFICATE_THUMBPRINT = "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"


def other_certificate() -> str:
    return f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(b'another').decode()}\n-----END CERTIFICATE-----\n"


def proof(header: dict[str, Any] | None = None, /, *, key: Any = None, **claims: Any) -> str:
    """A good proof with some claims changed; `header` changes the header, `key` signs it in truth."""
    alg = (header or {}).get("alg", "ES256")
    signs = alg if isinstance(alg, str) and alg in ALGORITHMS else "ES256"
    whole = _changed({"typ": "dpop+jwt", "alg": alg, "jwk": public_jwk(kind_of(signs))}, header or {})
    return sign(whole, _changed(CLAIMS, claims), alg=signs, key=key or private_key(kind_of(signs)))


def _changed(before: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**before, **changes}.items() if value is not ABSENT}


def jkt(kind: str = "P-256") -> str:
    return thumbprint(public_jwk(kind))


def bound(kind: str = "P-256", **changes: Any) -> AccessToken:
    return AccessToken(subject="john", confirmation={"jkt": jkt(kind)})._replace(**changes)


def request_with(*proofs: str, method: str = "GET", path: str = "/pets/7", **changes: Any) -> Request:
    given = make_request("GET", path, authorization=f"DPoP {TOKEN}", headers={"dpop": proofs} if proofs else {})
    return given._replace(**{"method": method, "external_path": path, **changes})


def constraint(
    clock: FakeClock | None = None,
    *,
    bases: tuple[str, ...] = (BASE,),
    replays: ReplayStore | None = None,
    environ: dict[str, str] | None = None,
    **dpop: Any,
) -> SenderConstraint:
    surroundings = Surroundings(clock=clock or FakeClock(NOW), public_base_urls=bases)
    return sender_constraint.load(dpop, surroundings, environ=environ or {}, replays=replays)


def use(
    by: SenderConstraint,
    request: Request,
    token: AccessToken | None = None,
    scheme: Any = "DPoP",
    *,
    required: bool = False,
) -> str | None:
    """Let a request through, or raise; returns the nonce that comes with it."""
    claim = by.require(token or bound(), Credentials(scheme, TOKEN), request, required=required)
    return claim() if claim is not None else None


def refusal(
    by: SenderConstraint,
    request: Request,
    token: AccessToken | None = None,
    scheme: Any = "DPoP",
    *,
    required: bool = False,
) -> BearerTokenError | None:
    """Why a request is refused; None if it is not."""
    try:
        use(by, request, token, scheme, required=required)
    except BearerTokenError as error:
        return error
    return None


def reason(*arguments: Any, **named: Any) -> Reason | None:
    error = refusal(*arguments, **named)
    return error.reason if error is not None else None
