"""What an introspection endpoint says of a token → AccessToken.

See RFC 7662 §2.2, RFC 8705 §3.2 and RFC 9396 §9.2.

A member of the wrong type makes the whole answer unusable: that is the server's mistake, and no refusal. Members
that are null are taken as absent, which is how some servers write it.
"""

from collections.abc import Mapping
from itertools import filterfalse
from typing import Any, NamedTuple

from apigw_oauth.authorizer import authorization_details, scopes, token_times
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InvalidTokenError
from apigw_oauth.authorizer.lean_values import new
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers.introspection_answer import nonsense

_TIMES = ("exp", "nbf", "iat", "auth_time")
_TEXTS = ("iss", "sub", "client_id", "token_type", "token_use", "acr")
_TOLD_OTHERWISE = frozenset({"active", "iss", "sub", "client_id", "scope", "aud", "exp", "cnf"})
_USABLE = frozenset({"jti", "token", "jwt", "access_token", "refresh_token", "id_token"})
"""Members that are, at some servers, tokens themselves: nobody behind this needs them."""
_NOT_FURTHER = _TOLD_OTHERWISE | _USABLE
_NO_AUDIENCE: frozenset[str] = frozenset()
_ZEROS, _EMPTY = (0,) * len(_TIMES), ("",) * len(_TEXTS)
_MOST_KNOWN = 256
_known: dict[str, frozenset[str]] = {}
_TOKEN_TYPES = frozenset({"bearer", "dpop", "access_token"})
_USUAL_TYPES = ("Bearer", "bearer", None)
_TOKEN_USES = frozenset({"access", "access_token"})
_KINDS = frozenset({"bearer", "dpop", "jwt", "at+jwt", "application/at+jwt"})


class FactRules(NamedTuple):
    """What an API expects of its tokens."""

    issuer: str | None
    """None: whoever the endpoint speaks for."""
    audience: frozenset[str] | None
    """None: any."""
    clients: frozenset[str] | None
    """None: any."""
    leeway: float


def facts(content: Mapping[str, Any], rules: FactRules) -> AccessToken:
    """Return what the server says of the token. Raises InvalidTokenError, VerifierUnavailableError.

    Does not compare times with the clock: that is done for each request. Does not read `username`, which is for
    people: whom a token speaks for is said by `sub` alone.
    """
    _require_active(content)
    if None in content.values():
        content = {name: value for name, value in content.items() if value is not None}
    _require_forms(content)
    _require_kind(content)
    confirmation = _confirmation(content)
    _require_issuer(content, rules)
    audience = _audience(content, rules)
    client = content.get("client_id") or None
    issuer, _, clients, leeway = rules
    if clients is not None and client not in clients:
        raise InvalidTokenError("The client may not use this API.", reason=Reason.CLIENT_NOT_ALLOWED)
    further = [*filterfalse(_NOT_FURTHER.__contains__, content)]
    claims = dict(zip(further, map(content.__getitem__, further), strict=True))
    issuer, subject, end = issuer or content.get("iss"), content.get("sub") or None, content.get("exp")
    members = issuer, subject, client, _scopes(content), audience, end, confirmation, claims, True, leeway, None
    return new(AccessToken, members)


def _require_active(content: Mapping[str, Any]) -> None:
    """Take `true` for yes, and nothing like it."""
    active = content.get("active", False)
    if active is False:
        raise InvalidTokenError("The access token is not active.", reason=Reason.INACTIVE_TOKEN)
    if active is not True:
        raise nonsense("`active` is neither true nor false", about_one_token=True)


def _require_forms(content: Mapping[str, Any]) -> None:
    # What a good answer has is seen by loops of C: 2 µs instead of 5. What is odd is looked at again, by name.
    times = [*map(content.get, _TIMES, _ZEROS)]
    if set(map(type, times)) != {int} or max(times) > token_times.LAST_MOMENT or min(times) < 0:
        for name in _TIMES:
            if name in content and not token_times.is_moment(content[name]):
                raise nonsense(f"`{name}` is not a number of seconds", about_one_token=True)
    try:
        "".join(map(content.get, _TEXTS, _EMPTY))
    except TypeError:
        name = next(name for name in _TEXTS if not isinstance(content.get(name, ""), str))
        raise nonsense(f"`{name}` is not a text", about_one_token=True) from None
    details = content.get("authorization_details")
    if details is not None and not authorization_details.are_well_formed(details):
        raise InvalidTokenError("Its authorization details are malformed.", reason=Reason.INVALID_CLAIMS)


def _require_kind(content: Mapping[str, Any]) -> None:
    """Refuse refresh tokens and whatever else is active without being an access token.

    `typ` is where Keycloak says so, and `token_use` where Ory Hydra does. `token_type` is that of RFC 6749 §5.1,
    but Duende IdentityServer says it there.
    """
    # As nearly all answers are: 1 µs less.
    if content.get("token_type") in _USUAL_TYPES and "token_use" not in content and "typ" not in content:
        return
    for name, allowed in (("token_type", _TOKEN_TYPES), ("token_use", _TOKEN_USES), ("typ", _KINDS)):
        value = content.get(name)
        if isinstance(value, str) and value.lower() not in allowed:
            raise InvalidTokenError("The token is not an access token.", reason=Reason.WRONG_TOKEN_TYPE)


def _confirmation(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the key that the token is bound to; a `cnf` that names none is not taken for none."""
    if "cnf" not in content and content.get("token_type") in _USUAL_TYPES:
        return {}
    confirmation = content.get("cnf", {})
    if not isinstance(confirmation, dict) or ("cnf" in content and not confirmation):
        raise nonsense("`cnf` is not an object that names a key", about_one_token=True)
    if content.get("token_type", "").lower() == "dpop" and "jkt" not in confirmation:
        raise InvalidTokenError(
            "The access token is bound to a key that the authorization server does not name.",
            reason=Reason.SENDER_CONSTRAINED_TOKEN,
        )
    return confirmation


def _require_issuer(content: Mapping[str, Any], rules: FactRules) -> None:
    if rules.issuer is not None and content.get("iss", rules.issuer) != rules.issuer:
        raise InvalidTokenError("The access token is of another issuer.", reason=Reason.WRONG_ISSUER)


def _audience(content: Mapping[str, Any], rules: FactRules) -> frozenset[str]:
    if "aud" not in content and rules.audience is None:
        return _NO_AUDIENCE
    value = content.get("aud", [])
    values = value if isinstance(value, list) else [value]
    if not set(map(type, values)) <= {str}:
        raise nonsense("`aud` is neither a text nor a list of them", about_one_token=True)
    audience = frozenset(values)
    if rules.audience is not None and audience.isdisjoint(rules.audience):
        raise InvalidTokenError("The access token is meant for another API.", reason=Reason.WRONG_AUDIENCE)
    return audience


def _scopes(content: Mapping[str, Any]) -> frozenset[str]:
    """Return the scopes: a text, or a list as some servers send it.

    What cannot be a scope (RFC 6749 §3.3) is left out: it opens nothing, and the others are none the worse for it.
    """
    value = content.get("scope", [])
    if isinstance(value, str):
        known = _known.get(value)
        return _read_scopes(value) if known is None else known
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise nonsense("`scope` is neither a text nor a list of them", about_one_token=True)
    return frozenset(filter(scopes.is_scope, value))


def _read_scopes(text: str) -> frozenset[str]:
    """Read the scopes that a server names, and remember them: many tokens have the same (3 µs)."""
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    return _known.setdefault(text, frozenset(filter(scopes.is_scope, text.split(" "))))
