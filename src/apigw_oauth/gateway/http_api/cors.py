"""The CORS configuration of an HTTP API at work: preflight requests are answered, and responses made readable.

See "Configure CORS for HTTP APIs in API Gateway" in the API Gateway Developer Guide. Nobody has shown what AWS
does with an origin that is not in the list, nor with responses that it makes up itself, such as a 401: here the
former gets no CORS headers, and the latter have them as any other response.
"""

from apigw_oauth.gateway.http_api.api import Cors
from apigw_oauth.gateway.http_api.http_errors import REQUEST_ID
from apigw_oauth.gateway.http_api.http_request import HttpRequest
from apigw_oauth.gateway.http_messages import HttpResponse

_ALLOW_ORIGIN = "Access-Control-Allow-Origin"
_OF_INTEGRATIONS = "access-control-"


def is_preflight(request: HttpRequest) -> bool:
    """Say whether a browser asks before it sends another request; only if no route takes it, API Gateway answers.

    A route for OPTIONS takes it, and so do `ANY` and `$default`, authorizer included: documented for `$default`,
    reported for `ANY` (anomalyco/sst#5493).
    """
    asks = request.last_header("Origin") and request.last_header("Access-Control-Request-Method")
    return request.verb == "OPTIONS" and bool(asks)


def preflight(cors: Cors, request: HttpRequest) -> HttpResponse:
    """Return the answer to a preflight request: 204, and what is allowed."""
    origin = _allowed(cors, request)
    answer = {
        _ALLOW_ORIGIN: origin,
        "Access-Control-Allow-Methods": ",".join(cors.methods),
        "Access-Control-Allow-Headers": ",".join(cors.headers),
        "Access-Control-Max-Age": str(cors.max_age or ""),
    }
    told = tuple((name, value) for name, value in answer.items() if origin and value)
    return HttpResponse(204, (*told, (REQUEST_ID, request.ids.request_id)))


def readable(cors: Cors | None, response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """Return a response with the headers of the configuration, in the place of those of the integration."""
    if cors is None:
        return response
    origin = _allowed(cors, request)
    kept = tuple(pair for pair in response.headers if not pair[0].lower().startswith(_OF_INTEGRATIONS))
    ours = {_ALLOW_ORIGIN: origin, "Access-Control-Expose-Headers": ",".join(cors.exposed) if origin else ""}
    headers = (*kept, *((name, value) for name, value in ours.items() if value))
    return HttpResponse(response.status, headers, response.body, response.head_length)


def _allowed(cors: Cors, request: HttpRequest) -> str:
    """Return what the header says for the origin of the request; nothing if it has none, or a foreign one."""
    origin = request.last_header("Origin") or ""
    if "*" in cors.origins:
        return "*" if origin else ""
    return origin if origin in cors.origins else ""
