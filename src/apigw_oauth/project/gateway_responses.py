"""The gateway responses of a REST API: challenges and CORS headers, and over them what the project file says."""

from apigw_oauth.authorizer import authorizer_context
from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.project.project_file import GatewayResponse, ProjectFile


def effective(file: ProjectFile) -> dict[str, GatewayResponse]:
    """Return the gateway responses by type; HTTP and WebSocket APIs have none."""
    if file.api.type != "rest":
        return {}
    responses = _defaults(file)
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


def _defaults(file: ProjectFile) -> dict[str, GatewayResponse]:
    cors = {"Access-Control-Allow-Origin": "'*'", "Access-Control-Expose-Headers": "'WWW-Authenticate'"}
    challenge = f"context.authorizer.{authorizer_context.CHALLENGE_KEY}"
    return {
        "UNAUTHORIZED": GatewayResponse(headers={"WWW-Authenticate": "'Bearer'", **cors}),
        "ACCESS_DENIED": GatewayResponse(
            status=401 if file.authorizer.refusals == "dynamic-401" else None,
            headers={"WWW-Authenticate": challenge, **cors},
        ),
        "DEFAULT_4XX": GatewayResponse(headers=cors),
        "DEFAULT_5XX": GatewayResponse(headers=cors),
    }
