"""What an introspection endpoint answers, over HTTP: a verdict about the token, or no verdict at all.

Everything but a 200 with a JSON object is about our call and says nothing of the token: a client must not throw a
good token away because its API could not ask. See RFC 7662 §2.2 and §2.3.
"""

from collections.abc import Mapping
from typing import Any

from apigw_oauth.authorizer.errors import InvalidTokenError, VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers import strict_json
from apigw_oauth.authorizer.verifiers.http_client import HttpAnswer

_OUR_FAULT = frozenset({"invalid_client", "unauthorized_client", "insufficient_scope", "access_denied"})
_ABOUT_THE_TOKEN = frozenset({"invalid_token", "unsupported_token_type"})
_ABOUT_THE_SERVER = frozenset({408, 425, 429})
_KNOWN_ERRORS = frozenset(
    {*_OUR_FAULT, *_ABOUT_THE_TOKEN, "invalid_request", "server_error", "temporarily_unavailable"}
)


class PlainForm:
    """Answers in JSON. See RFC 7662 §2.2."""

    accept = "application/json"

    def __init__(self, *, errors_refuse: bool) -> None:
        """Set up; `errors_refuse`: HTTP 400 with an error that names the token says that it is not active."""
        self._errors_refuse = errors_refuse

    def read(self, answer: HttpAnswer) -> Mapping[str, Any]:
        """Return what the server says of a token. Raises InvalidTokenError, VerifierUnavailableError."""
        require_success(answer, errors_refuse=self._errors_refuse)
        if answer.media_type != "application/json":
            raise nonsense("it is not JSON (its content type must be application/json)")
        try:
            return strict_json.loads_object(answer.body)
        except strict_json.JsonError as error:
            raise nonsense(f"it is {error}") from None


def require_success(answer: HttpAnswer, *, errors_refuse: bool) -> None:
    """Raise VerifierUnavailableError for an answer that is no verdict.

    Raises InvalidTokenError for HTTP 400 with the error `invalid_token` if `errors_refuse`: so some servers say
    what RFC 7662 §2.2 has no error for.
    """
    if answer.status == 200:
        return
    error = _error(answer)
    if errors_refuse and answer.status == 400 and error in _ABOUT_THE_TOKEN:
        raise InvalidTokenError("The access token is not active.", reason=Reason.INACTIVE_TOKEN)
    said = f"HTTP {answer.status}" + (f", {error}" if error in _KNOWN_ERRORS else "")
    if answer.status in {401, 403} or (answer.status == 400 and error in _OUR_FAULT):
        raise VerifierUnavailableError(
            f"the introspection endpoint refuses our own credentials: {said}; see client_auth and client_id",
            reason=Reason.CREDENTIALS_REFUSED,
            retry_after=answer.retry_after,
        )
    hint = "; if that is how it says inactive, set invalid_token_errors" if error in _ABOUT_THE_TOKEN else ""
    raise VerifierUnavailableError(
        f"the introspection endpoint answered {said}{hint}",
        reason=Reason.AUTHORIZATION_SERVER_ERROR,
        retry_after=answer.retry_after,
        about_one_token=400 <= answer.status < 500 and answer.status not in _ABOUT_THE_SERVER,
    )


def nonsense(what: str, *, about_one_token: bool = False) -> VerifierUnavailableError:
    """Return the error for an answer that is not what the RFC says; `what` holds nothing of it."""
    return VerifierUnavailableError(
        f"the answer of the introspection endpoint cannot be used: {what}",
        reason=Reason.AUTHORIZATION_SERVER_NONSENSE,
        about_one_token=about_one_token,
    )


def _error(answer: HttpAnswer) -> str | None:
    """Return the error code of RFC 6749 §5.2, which a server chose."""
    if answer.media_type != "application/json":
        return None
    try:
        error = strict_json.loads_object(answer.body).get("error")
    except strict_json.JsonError:
        return None
    return error if isinstance(error, str) else None
