"""The gateway responses of a REST API: challenges and CORS headers, and over them what the project file says."""

from apigw_oauth.authorizer import authorizer_context
from apigw_oauth.authorizer.challenge import Challenge
from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.project import authorizer_definition, cors, resource_metadata
from apigw_oauth.project.project_file import GatewayResponse, ProjectFile


def effective(file: ProjectFile, base_url: str | None = None) -> dict[str, GatewayResponse]:
    """Return the gateway responses by type; HTTP and WebSocket APIs have none.

    `base_url` is the address of the API, or what stands for it in a template: the fixed challenge names where the
    resource metadata is. Where nobody knows the address, it does not.
    """
    if file.api.type != "rest":
        return {}
    responses = _defaults(file, base_url)
    for kind, ours in file.gateway_responses.items():
        default = responses.get(kind, GatewayResponse())
        responses[kind] = GatewayResponse(
            status=default.status if ours.status is None else ours.status,
            headers={**default.headers, **ours.headers},
            templates={**default.templates, **ours.templates},
        )
    return responses


def check(file: ProjectFile) -> None:
    """Raise SettingsError for gateway responses where there are none."""
    if file.gateway_responses and file.api.type != "rest":
        raise SettingsError("gateway_responses: only REST APIs have them; remove the tables")


def _defaults(file: ProjectFile, base_url: str | None) -> dict[str, GatewayResponse]:
    exposed = "'WWW-Authenticate,DPoP-Nonce'" if _has_nonces(file) else "'WWW-Authenticate'"
    told = cors.of(file)
    origin = cors.ANY_ORIGIN if told is None else told.origins[0]
    readable = {cors.ALLOW_ORIGIN: f"'{origin}'", "Access-Control-Expose-Headers": exposed}
    refusal = {"WWW-Authenticate": f"context.authorizer.{authorizer_context.CHALLENGE_KEY}"}
    if _has_nonces(file):
        refusal["DPoP-Nonce"] = f"context.authorizer.{authorizer_context.DPOP_NONCE_KEY}"
    # A refusal may be mended by the next request, and may hold a nonce: nobody should keep it (RFC 9449 §8.2).
    not_kept = {"Cache-Control": "'no-store'"}
    return {
        "UNAUTHORIZED": GatewayResponse(
            headers={"WWW-Authenticate": _fixed(file, base_url), **not_kept, **readable}
        ),
        "ACCESS_DENIED": GatewayResponse(
            status=401 if file.authorizer.refusals == "dynamic-401" else None,
            headers={**refusal, **not_kept, **readable},
        ),
        "DEFAULT_4XX": GatewayResponse(headers=readable),
        "DEFAULT_5XX": GatewayResponse(headers=readable),
    }


def _fixed(file: ProjectFile, base_url: str | None) -> str:
    """Return the challenge of a 401 that says nothing of the request, as static text."""
    algorithms = resource_metadata.dpop_algorithms(file, base_url)
    told = base_url is not None or resource_metadata.knows_its_address(file)
    challenge = Challenge(
        schemes=("Bearer", "DPoP") if algorithms else ("Bearer",),
        dpop_algorithms=algorithms,
        resource_metadata=resource_metadata.url(file, base_url) if told else None,
    )
    return f"'{challenge}'"


def _has_nonces(file: ProjectFile) -> bool:
    """Say whether refusals may hold a nonce: ours, or one of Authlete, which has them as its service is set up."""
    of_authlete = any(table.get("type") == "authlete" for table in file.verifiers)
    return (
        file.authorizer.refusals == "dynamic-401"
        and authorizer_definition.cache_of(file) == "off"
        and (of_authlete or (file.authorizer.dpop is not None and file.authorizer.dpop.nonces))
    )
