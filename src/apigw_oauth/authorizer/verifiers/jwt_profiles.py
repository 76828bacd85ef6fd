"""Profiles: how the JWT access tokens of well-known servers differ from RFC 9068, and no more than that.

Each is a set of switches, every one of which the settings can set on its own. docs/jwt.md tells what each server
sends, and what a profile gives up.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.verifiers.table import Table

ACCESS_TOKEN_TYPE = "at+jwt"  # noqa: S105 - a media type
"""What `typ` says of an access token. See RFC 9068 §2.1."""

NO_TYPE = "absent"
"""The word of the settings for a header without `typ`."""


class Profile(NamedTuple):
    """What tokens of a server look like."""

    typ: tuple[str, ...] = (ACCESS_TOKEN_TYPE,)
    """Accepted types, in lower case and without `application/`."""
    client_claim: tuple[str, ...] = ("client_id",)
    """Where the client is named; the first of them that is there."""
    scope_claim: tuple[str, ...] = ("scope",)
    """Where the scopes are; the first of them that is there."""
    audience_claim: str = "aud"
    needed_claims: tuple[str, ...] = ()
    """Claims without which a token is refused, beside `iss`, `exp`, the client and the audience."""
    required_claims: Mapping[str, tuple[Any, ...]] = MappingProxyType({})
    """Claims that must have one of these values."""
    client_marks: Mapping[str, str] = MappingProxyType({})
    """Claims that say, with such a value, that `sub` is the client under another name and not a user."""


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        "rfc9068": Profile(needed_claims=("sub", "jti", "iat")),
        "cognito": Profile(
            typ=(NO_TYPE,),
            audience_claim="client_id",
            needed_claims=("sub", "jti", "iat"),
            required_claims=MappingProxyType({"token_use": ("access",)}),
        ),
        "auth0": Profile(
            typ=("jwt", ACCESS_TOKEN_TYPE),
            client_claim=("azp", "client_id"),
            needed_claims=("sub", "iat"),
            client_marks=MappingProxyType({"gty": "client-credentials"}),
        ),
        "okta": Profile(
            typ=(NO_TYPE,), client_claim=("cid",), scope_claim=("scp",), needed_claims=("sub", "jti", "iat")
        ),
        "entra": Profile(
            typ=("jwt",),
            client_claim=("azp", "appid"),
            scope_claim=("scp", "roles"),
            needed_claims=("sub", "iat"),
            client_marks=MappingProxyType({"idtyp": "app"}),
        ),
        "keycloak": Profile(
            typ=("jwt", ACCESS_TOKEN_TYPE),
            client_claim=("azp", "client_id"),
            needed_claims=("sub", "jti", "iat"),
            required_claims=MappingProxyType({"typ": ("Bearer", "DPoP")}),
        ),
    }
)


def profile_from(table: Table) -> Profile:
    """Return the profile that the settings name, with the switches that they set. Raises SettingsError."""
    profile = PROFILES[table.choice("profile", tuple(PROFILES), "rfc9068")]
    return profile._replace(
        typ=tuple(normal_type(one) for one in table.texts("typ", profile.typ)),
        client_claim=table.texts("client_claim", profile.client_claim),
        scope_claim=table.texts("scope_claim", profile.scope_claim),
        audience_claim=table.optional_text("audience_claim") or profile.audience_claim,
        required_claims={**profile.required_claims, **_required(table.mapping("required_claims"))},
    )


def normal_type(value: str) -> str:
    """Return a `typ` as it is compared: in any case, and `application/` may be left out. See RFC 7515 §4.1.9."""
    return value.lower().removeprefix("application/")


def _required(values: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    required = {}
    for name, value in values.items():
        alternatives = tuple(value) if isinstance(value, list | tuple) else (value,)
        if not alternatives or not all(isinstance(one, str | int | float | bool) for one in alternatives):
            raise SettingsError(
                f"required_claims.{name}: must be a text, a number, a truth value, or a list of them"
            )
        required[name] = alternatives
    return required
