"""Authlete's verdicts about tokens, and the errors that they stand for.

`responseContent` is what Authlete would have sent to the client; it is read, and never sent: the challenge is
ours, since Authlete does not know which scopes the route requires.
"""

import re
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import (
    BearerTokenError,
    InsufficientScopeError,
    InvalidProofError,
    InvalidTokenError,
    NonceRequiredError,
)
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers import authlete_facts
from apigw_oauth.authorizer.verifiers.authlete_api import result_code
from apigw_oauth.authorizer.verifiers.authlete_facts import FactRules

Binding = Literal["key", "certificate"]
"""What a token may be bound to."""

_EXPIRED = frozenset({"A065301", "A065302", "A065303"})
_NO_PROOF, _NO_CERTIFICATE = "A065308", "A065304"
_MISSING: Mapping[str, Binding] = {_NO_PROOF: "key", _NO_CERTIFICATE: "certificate"}
_WRONG_CERTIFICATE = frozenset({_NO_CERTIFICATE, "A065305", "A065306", "A065307"})
_WRONG_KEY = "A065309"
_WRONG_PROOF = frozenset({_WRONG_KEY, "A065310", "A065311", "A065312", "A065313"})
_ATTRIBUTE = r'([A-Za-z_]+)="((?:[^"\\]|\\.)*)"'


class Evidence(NamedTuple):
    """What Authlete is told beside the token."""

    fields: Mapping[str, str]
    thumbprint: str | None = None
    """Of the key in the proof, if the token is known to be bound to one. See RFC 7638."""
    certificate: str | None = None
    """That of the client, if the token is known to be bound to one."""

    def __repr__(self) -> str:
        """Show nothing: a proof is nearly a token."""
        return "Evidence(…)"


NO_EVIDENCE = Evidence({})


def missing(content: Mapping[str, Any]) -> Binding | None:
    """Return what the token is bound to and Authlete was told nothing of."""
    return _MISSING.get(result_code(content)) if content["action"] == "UNAUTHORIZED" else None


def read(content: Mapping[str, Any], evidence: Evidence, rules: FactRules) -> AccessToken:
    """Return the facts about a good token. Raises BearerTokenError for others, VerifierUnavailableError.

    Where the request took part in the answer, it holds for that request alone.
    """
    if content["action"] != "OK":
        raise _with_nonce(_refusal(content, evidence), content)  # no name for it: it would keep itself alive
    token = authlete_facts.facts(content, rules)
    if not evidence.fields:
        return token
    return token._replace(confirmation={**_confirmation(evidence), **token.confirmation}, reusable=False)


def _with_nonce(refusal: BearerTokenError, content: Mapping[str, Any]) -> BearerTokenError:
    refusal.nonce = authlete_facts.nonce(content)
    return refusal


def _confirmation(evidence: Evidence) -> dict[str, str]:
    """Return what the token is bound to: Authlete does not name the key, but has accepted it."""
    confirmation = {} if evidence.thumbprint is None else {"jkt": evidence.thumbprint}
    if evidence.certificate is not None:
        from apigw_oauth.authorizer import client_certificate

        try:
            confirmation["x5t#S256"] = client_certificate.thumbprint(evidence.certificate)
        except ValueError:
            raise _wrong_certificate() from None
    return confirmation


def _refusal(content: Mapping[str, Any], evidence: Evidence) -> BearerTokenError:
    if content["action"] == "FORBIDDEN":
        return InsufficientScopeError("The access token does not suffice.", required_scopes=frozenset())
    code, error = result_code(content), _error(content)
    if evidence.thumbprint is not None and (
        code in _WRONG_PROOF or error in {"invalid_dpop_proof", "use_dpop_nonce"}
    ):
        return _wrong_proof(code, error, authlete_facts.nonce(content))
    if code in _EXPIRED:
        return InvalidTokenError("The access token expired.", reason=Reason.EXPIRED_TOKEN)
    if code in _WRONG_CERTIFICATE:
        return _wrong_certificate()
    if code == _NO_PROOF:
        return InvalidTokenError(
            "The access token is bound to a key: send it with the scheme DPoP and a proof.",
            reason=Reason.SENDER_CONSTRAINED_TOKEN,
            scheme="DPoP",
        )
    return InvalidTokenError("The access token is not valid.")


def _wrong_proof(code: str, error: str | None, nonce: str | None) -> InvalidProofError:
    if error == "use_dpop_nonce" and nonce is not None:
        return NonceRequiredError("The DPoP proof must hold the nonce of the header DPoP-Nonce.", nonce=nonce)
    if code == _WRONG_KEY:
        return InvalidProofError("The DPoP proof is made with another key.", reason=Reason.WRONG_KEY)
    return InvalidProofError("The DPoP proof is not valid.")


def _wrong_certificate() -> InvalidTokenError:
    return InvalidTokenError(
        "The access token is bound to another client certificate than that of the connection.",
        reason=Reason.WRONG_CERTIFICATE,
    )


def _error(content: Mapping[str, Any]) -> str | None:
    """Return the error code of Authlete's challenge, if that is one: one line of printable ASCII."""
    challenge = content.get("responseContent")
    if not isinstance(challenge, str) or not (challenge.isascii() and challenge.isprintable()):
        return None
    return next((value for name, value in re.findall(_ATTRIBUTE, challenge) if name == "error"), None)
