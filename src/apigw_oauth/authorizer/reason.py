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
    AMBIGUOUS_PRESENTATION = "ambiguous_presentation"
    METHOD_OVERRIDE = "method_override"
    UNRECOGNIZED_TOKEN = "unrecognized_token"
    MALFORMED_TOKEN = "malformed_token"
    WRONG_TOKEN_TYPE = "wrong_token_type"
    WRONG_ISSUER = "wrong_issuer"
    WRONG_AUDIENCE = "wrong_audience"
    UNKNOWN_KEY = "unknown_key"
    INVALID_SIGNATURE = "invalid_signature"
    INVALID_CLAIMS = "invalid_claims"
    INACTIVE_TOKEN = "inactive_token"
    EXPIRED_TOKEN = "expired_token"
    NOT_YET_VALID = "not_yet_valid"
    CLIENT_NOT_ALLOWED = "client_not_allowed"
    SENDER_CONSTRAINED_TOKEN = "sender_constrained_token"
    SENDER_CONSTRAINT_REQUIRED = "sender_constraint_required"
    MISSING_PROOF = "missing_proof"
    INVALID_PROOF = "invalid_proof"
    REPLAYED_PROOF = "replayed_proof"
    NONCE_REQUIRED = "nonce_required"
    WRONG_KEY = "wrong_key"
    WRONG_CERTIFICATE = "wrong_certificate"
    INSUFFICIENT_AUTHENTICATION = "insufficient_authentication"

    # 403: a known caller may not do this
    INSUFFICIENT_SCOPE = "insufficient_scope"
    INSUFFICIENT_AUTHORIZATION_DETAILS = "insufficient_authorization_details"
    UNKNOWN_ROUTE = "unknown_route"
    CLOSED_ROUTE = "closed_route"
    UNPRINTABLE_PATH = "unprintable_path"

    # 500: no answer can be given
    AUTHORIZATION_SERVER_UNREACHABLE = "authorization_server_unreachable"
    AUTHORIZATION_SERVER_TIMEOUT = "authorization_server_timeout"
    AUTHORIZATION_SERVER_ERROR = "authorization_server_error"
    AUTHORIZATION_SERVER_NONSENSE = "authorization_server_nonsense"
    CREDENTIALS_REFUSED = "credentials_refused"
    SECRETS_UNAVAILABLE = "secrets_unavailable"
    CIRCUIT_OPEN = "circuit_open"
    KEYS_UNAVAILABLE = "keys_unavailable"
    REPLAY_STORE_FULL = "replay_store_full"
    UNKNOWN_EVENT = "unknown_event"
    ANSWER_TOO_LARGE = "answer_too_large"
    INTERNAL_ERROR = "internal_error"
