"""The errors of the authorizer, by who has to act on them.

AuthorizerError
├── BearerTokenError               the caller's doing: refused, with a challenge (RFC 6750 §3.1)
│   ├── MissingTokenError          no credentials: a challenge without an error code
│   ├── InvalidRequestError        invalid_request: two tokens, a malformed header
│   ├── InvalidTokenError          invalid_token: malformed, expired, inactive, wrong issuer, audience or key
│   ├── InvalidProofError          invalid_dpop_proof (RFC 9449 §7.1)
│   │   └── NonceRequiredError     use_dpop_nonce: brings the nonce for the next proof (RFC 9449 §9)
│   ├── InsufficientAuthenticationError  insufficient_user_authentication (RFC 9470)
│   └── InsufficientScopeError     insufficient_scope: names the scopes that are missing
├── VerifierUnavailableError       the authorization server's doing: 500, never cached
├── SettingsError                  the operator's doing: nothing starts
├── AnswerTooLargeError            the operator's doing: the answer does not fit what API Gateway accepts
└── UnknownEventError              not an authorizer event we know: 500

UnauthorizedError stands outside the tree: it is the way to say 401, not a mistake.
No message of these errors holds a token, a secret, or text that a caller or a server chose.
"""

import os
from typing import Literal

from apigw_oauth.authorizer.reason import Reason

Scheme = Literal["Bearer", "DPoP"]
Failure = Literal["outage", "misconfiguration", "internal"]
"""Who has to act on a 500: whoever runs the authorization server, whoever set this up, whoever wrote it."""


class AuthorizerError(Exception):
    """Whatever keeps the authorizer from letting a request through."""

    reason = Reason.INTERNAL_ERROR

    def __init__(self, message: str, *, reason: Reason | None = None) -> None:
        super().__init__(message)
        if reason is not None:
            self.reason = reason


class BearerTokenError(AuthorizerError):
    """The request is refused; the message is fit for an `error_description`. See RFC 6750 §3.1."""

    error: str | None = None
    scheme: Scheme | None = None
    """The scheme that the client should use; None: the one that it used."""
    nonce: str | None = None
    """What the client's next DPoP proof should hold. See RFC 9449 §8.2."""


class MissingTokenError(BearerTokenError):
    """The request carries no access token."""

    reason = Reason.MISSING_TOKEN


class InvalidRequestError(BearerTokenError):
    """The request presents its token in a way that RFC 6750 does not allow."""

    error = "invalid_request"
    reason = Reason.MALFORMED_AUTHORIZATION


class InvalidTokenError(BearerTokenError):
    """The token is malformed, expired, revoked, or not usable here."""

    error = "invalid_token"
    reason = Reason.INACTIVE_TOKEN

    def __init__(self, message: str, *, reason: Reason | None = None, scheme: Scheme | None = None) -> None:
        super().__init__(message, reason=reason)
        self.scheme = scheme


class InvalidProofError(BearerTokenError):
    """The DPoP proof is missing, malformed, or made for another request. See RFC 9449 §7.1."""

    error = "invalid_dpop_proof"
    scheme = "DPoP"
    reason = Reason.INVALID_PROOF


class NonceRequiredError(InvalidProofError):
    """The proof has to hold a nonce that the server gave; here is one. See RFC 9449 §9."""

    error = "use_dpop_nonce"
    reason = Reason.NONCE_REQUIRED

    def __init__(self, message: str, *, nonce: str) -> None:
        super().__init__(message)
        self.nonce = nonce


class InsufficientAuthenticationError(BearerTokenError):
    """The user authenticated too weakly or too long ago for the route. See RFC 9470 §3."""

    error = "insufficient_user_authentication"
    reason = Reason.INSUFFICIENT_AUTHENTICATION

    def __init__(self, message: str, *, acr_values: tuple[str, ...] = (), max_age: int | None = None) -> None:
        super().__init__(message)
        self.acr_values = acr_values
        self.max_age = max_age


class InsufficientScopeError(BearerTokenError):
    """The token is good, but does not cover what the route requires.

    `required_scopes` are all the scopes that the operation needs, for the `scope` attribute of the challenge.
    """

    error = "insufficient_scope"
    reason = Reason.INSUFFICIENT_SCOPE

    def __init__(
        self, message: str, *, required_scopes: frozenset[str], reason: Reason = Reason.INSUFFICIENT_SCOPE
    ) -> None:
        super().__init__(message, reason=reason)
        self.required_scopes = required_scopes


class VerifierUnavailableError(AuthorizerError):
    """The token could not be judged: neither a refusal nor an allowance, hence a 500 that is never cached.

    `retry_after` are the seconds after which the server wants to be asked again. `about_one_token`: the server
    answers, and may have stumbled over this token alone, so that others need not suffer for it.
    """

    reason = Reason.AUTHORIZATION_SERVER_UNREACHABLE

    def __init__(
        self,
        message: str,
        *,
        reason: Reason | None = None,
        retry_after: float | None = None,
        about_one_token: bool = False,
    ) -> None:
        super().__init__(message, reason=reason)
        self.retry_after = retry_after
        self.about_one_token = about_one_token


class SettingsError(AuthorizerError):
    """The settings are wrong; the message names the key and the mend."""


class AnswerTooLargeError(AuthorizerError):
    """The answer exceeds what API Gateway accepts."""

    reason = Reason.ANSWER_TOO_LARGE


class UnknownEventError(AuthorizerError):
    """The event is not one that the authorizer is set up for."""

    reason = Reason.UNKNOWN_EVENT


class UnauthorizedError(Exception):
    """Says 401. API Gateway has no other way: a function that fails with the message `Unauthorized`, no more.

    See "Output from an API Gateway Lambda authorizer" in the API Gateway Developer Guide.
    """

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def place_of(error: BaseException) -> str:
    """Name the kind of an error and the line it came from, but not its message, which may hold a secret."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if isinstance(error, SyntaxError) or trace is None:
        line = f":{error.lineno}" if isinstance(error, SyntaxError) else ""
        return f"{type(error).__name__}{line}"
    return f"{type(error).__name__} in {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"


def kind_of(error: Exception) -> Failure:
    """Tell an outage from a mistake in the settings, and both from one in the code."""
    if isinstance(error, VerifierUnavailableError) and error.reason is not Reason.CREDENTIALS_REFUSED:
        return "outage"
    if isinstance(error, VerifierUnavailableError | SettingsError | UnknownEventError | AnswerTooLargeError):
        return "misconfiguration"
    return "internal"
