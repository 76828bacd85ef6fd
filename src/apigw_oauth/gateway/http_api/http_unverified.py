"""What a request to an HTTP API touches of which nobody has shown what AWS does."""

from apigw_oauth.gateway.http_api.api import DEFAULT
from apigw_oauth.gateway.http_api.http_request import HttpRequest

_SPELLINGS = {"%": "percent-encoding", "*": "a literal *", ":": "a colon"}


def in_request(request: HttpRequest, *, authorized: bool) -> list[str]:
    """Return the notices for a request that was routed. They name the kind of thing, never the path."""
    sent, path = request.target.stage_path, request.target.path
    notices = []
    if len(path) > 1 and path.endswith("/") and request.route_key != DEFAULT:
        notices.append(
            "a trailing slash: the path is served by the route without it, authorizer included; on AWS some saw"
            " that, some 404, and one a backend reached without the authorizer: let the backend refuse what"
            " carries no authorizer context"
        )
    if "//" in sent:
        notices.append(
            "double slashes are not verified on AWS for HTTP APIs; here those at the start count as one"
        )
    if "%" in sent:
        notices.append(
            "whether HTTP APIs route percent-encoded paths raw or decoded is not verified on AWS; here decoded"
        )
    if "%3f" in sent.lower():
        notices.append("an encoded ? ends the path here, as reported from AWS")
    if authorized:
        found = [what for sign, what in _SPELLINGS.items() if sign in (sent if sign == "%" else path)]
        notices += [
            f"the ARN of a path with {what} is not verified on AWS for HTTP APIs; here it is decoded"
            for what in found
        ]
    return notices


def in_identity(sources: tuple[str, ...], request: HttpRequest) -> list[str]:
    """Return the notices for identity sources that came more than once."""
    names = [
        source.removeprefix("$request.header.") for source in sources if source.startswith("$request.header.")
    ]
    return [
        f"{name} came more than once; as identity source its values are joined here (not verified on AWS)"
        for name in names
        if len(request.header(name)) > 1
    ]
