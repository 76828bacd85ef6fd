"""A JWT that is also introspected: a signature does not tell whether the token was revoked."""

from collections.abc import Mapping
from typing import Any

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InvalidTokenError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.verifier import TokenVerifier, prepare


class IntrospectedJwt:
    """Has a token verified here, and then asks the authorization server whether it is still good."""

    def __init__(self, jwt: TokenVerifier, introspection: TokenVerifier) -> None:
        """Set up; `introspection` is asked about tokens that `jwt` has found good, and about no others."""
        self._jwt = jwt
        self._introspection = introspection

    def prepare(self) -> None:
        """Have both prepare themselves."""
        prepare(self._jwt)
        prepare(self._introspection)

    def recognizes(self, token: str) -> bool:
        """Say whether the token is one of the JWTs."""
        return self._jwt.recognizes(token)

    def verify(self, token: str, request: Request) -> AccessToken:
        """Return the facts of the JWT, until the first of both ends.

        Raises InvalidTokenError also where the two contradict each other, VerifierUnavailableError.
        """
        signed = self._jwt.verify(token, request)
        said = self._introspection.verify(token, request)
        _require_same(signed.client_id, said.client_id)
        _require_same(signed.subject, said.subject)
        ends = [end for end in (signed.expires_at, said.expires_at) if end is not None]
        return signed._replace(
            expires_at=min(ends, default=None),
            confirmation=_both(signed.confirmation, said.confirmation),
            reusable=signed.reusable and said.reusable,
            dpop_nonce=said.dpop_nonce or signed.dpop_nonce,
        )


def _both(signed: Mapping[str, Any], said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return everything that the token is bound to, whoever says so."""
    for name in signed.keys() & said.keys():
        _require_same(signed[name], said[name])
    return {**signed, **said}


def _require_same(signed: object, said: object) -> None:
    if signed is not None and said is not None and signed != said:
        raise InvalidTokenError(
            "The access token contradicts what the authorization server says.", reason=Reason.INVALID_CLAIMS
        )
