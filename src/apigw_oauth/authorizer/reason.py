"""Reason: the stable code for why a request was let through, refused, or could not be judged."""

from enum import StrEnum


class Reason(StrEnum):
    """Why, as one word for logs, tests and the table in docs/authorizer.md."""

    # Allow
    AUTHORIZED = "authorized"
    PUBLIC_ROUTE = "public_route"

    # 401: the caller could not be established
    MISSING_TOKEN = "missing_token"
    UNSUPPORTED_SCHEME = "unsupported_scheme"
    MALFORMED_AUTHORIZATION = "malformed_authorization"
    MULTIPLE_TOKENS = "multiple_tokens"
    TOKEN_TOO_LONG = "token_too_long"
    METHOD_OVERRIDE = "method_override"
    INACTIVE_TOKEN = "inactive_token"
    EXPIRED_TOKEN = "expired_token"
    SENDER_CONSTRAINED_TOKEN = "sender_constrained_token"

    # 403: a known caller may not do this
    INSUFFICIENT_SCOPE = "insufficient_scope"
    UNKNOWN_ROUTE = "unknown_route"
    CLOSED_ROUTE = "closed_route"
    UNPRINTABLE_PATH = "unprintable_path"

    # 500: no answer can be given
    AUTHORIZATION_SERVER_UNREACHABLE = "authorization_server_unreachable"
    AUTHORIZATION_SERVER_TIMEOUT = "authorization_server_timeout"
    AUTHORIZATION_SERVER_ERROR = "authorization_server_error"
    AUTHORIZATION_SERVER_NONSENSE = "authorization_server_nonsense"
    CREDENTIALS_REFUSED = "credentials_refused"
    UNKNOWN_EVENT = "unknown_event"
    ANSWER_TOO_LARGE = "answer_too_large"
    INTERNAL_ERROR = "internal_error"
