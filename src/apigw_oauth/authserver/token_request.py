"""What a token request asks for, beyond its grant."""

from typing import NamedTuple

from apigw_oauth.authserver import authorization_details, resource_indicators
from apigw_oauth.authserver.authorization_details import Elements, MalformedDetailsError
from apigw_oauth.authserver.client_authentication import OAuthError
from apigw_oauth.authserver.form_parameters import Form


class TokenRequest(NamedTuple):
    """A token request of an authenticated client.

    `standard` says that it came to the standard endpoint; `dpop_thumbprint` is the key it proved, if any.
    """

    form: Form
    standard: bool
    dpop_thumbprint: str | None = None


def single(
    form: Form, name: str, *, repeated: str, missing: str | None = None, empty: str | None = None
) -> str | None:
    """Take a value that is there at most once; the codes say what else is a mistake. Raises OAuthError."""
    values = form.get(name, [])
    if len(values) > 1:
        raise OAuthError("invalid_request", repeated)
    if not values and missing is not None:
        raise OAuthError("invalid_request", missing)
    if values and not values[0] and empty is not None:
        raise OAuthError("invalid_request", empty)
    return values[0] if values else None


def resources(form: Form, *, granted: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Take the resources that a token is asked for, which must be among the granted ones, if any were.

    Without any, those are it. Raises OAuthError. See RFC 8707 §2.2.
    """
    asked = form.get("resource", [])
    if not resource_indicators.are_in_order(asked):
        raise OAuthError("invalid_target", "DEV217")
    if granted and not set(asked) <= set(granted):
        raise OAuthError("invalid_target", "DEV218")
    return resource_indicators.distinct(asked) or granted


def details(form: Form, *, granted: Elements | None = None) -> Elements:
    """Take the authorization details that a token is asked for, which must be among the granted ones.

    Without any, those are it; `granted` None means that nobody has granted any before. Raises OAuthError. See
    RFC 9396 §6.
    """
    values = form.get("authorization_details", [])
    if not values:
        return granted or ()
    try:
        asked = authorization_details.parse(values[0]) if len(values) == 1 else ()
    except MalformedDetailsError:
        asked = ()
    if not asked:
        raise OAuthError("invalid_authorization_details", "DEV219")
    if granted is not None and not authorization_details.are_covered(asked, granted):
        raise OAuthError("invalid_authorization_details", "DEV220")
    return asked
