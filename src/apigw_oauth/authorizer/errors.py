"""The errors of the authorizer, by who has to act on them.

AuthorizerError
├── BearerTokenError               the caller's doing: refused, with a challenge (RFC 6750 §3.1)
│   ├── MissingTokenError          no credentials: a challenge without an error code
│   ├── InvalidRequestError        invalid_request: two tokens, a malformed header
│   ├── InvalidTokenError          invalid_token: malformed, expired, inactive
│   └── InsufficientScopeError     insufficient_scope: names the scopes that are missing
├── VerifierUnavailableError       the authorization server's doing: 500, never cached
├── SettingsError                  the operator's doing: nothing starts
├── AnswerTooLargeError            the operator's doing: the answer does not fit what API Gateway accepts
└── UnknownEventError              not an authorizer event we know: 500

UnauthorizedError stands outside the tree: it is the way to say 401, not a mistake.
No message of these errors holds a token, a secret, or text that a caller or a server chose.
"""

from apigw_oauth.authorizer.reason import Reason


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
    """The token could not be judged: neither a refusal nor an allowance, hence a 500 that is never cached."""

    reason = Reason.AUTHORIZATION_SERVER_UNREACHABLE


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
