"""The `responseContent` of introspection: what to send as WWW-Authenticate."""

from collections.abc import Mapping, Sequence

from apigw_oauth.authserver.result_codes import clean

# The answer to a valid token carries this too; Authlete's documentation shows it so.
FOR_OK = 'Bearer error="invalid_request"'
_ALGORITHMS = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA"


def challenge(error: Mapping[str, str], *, scopes: Sequence[str], dpop: bool, further: Mapping[str, str]) -> str:
    """Write a challenge as Authlete does: attributes joined by a comma without a space.

    A DPoP-bound token gets `algs` in the place of `scope`. See RFC 6750 §3, RFC 9449 §7.1.
    """
    attributes = dict(error)
    if dpop:
        attributes["algs"] = _ALGORITHMS
    elif scopes:
        attributes["scope"] = " ".join(filter(None, map(clean, scopes)))
    attributes.update(further)
    written = ",".join(f'{name}="{clean(value)}"' for name, value in attributes.items())
    return f"{'DPoP' if dpop else 'Bearer'} {written}"
