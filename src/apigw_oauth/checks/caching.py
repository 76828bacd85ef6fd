"""Answers that API Gateway would apply to requests for which they were not made."""

from collections.abc import Iterator

from apigw_oauth.checks import place
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.listing import listed
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import Project

_REST_ROUTE = frozenset({"context.resourceId", "context.resourcePath", "context.path"})
_REST_METHOD = "context.httpMethod"
_HTTP_ROUTE = "$context.routeKey"


def simple_responses(project: Project) -> Iterator[Finding]:
    """Find simple responses that are kept for all routes: they say yes or no, and nothing of a route."""
    definition = project.authorizer_definition()
    if not definition.ttl or not definition.simple_responses or _names_the_route(project):
        return
    if project.file.authorizer.handler is None:
        where, mend = "authorizer.cache", 'cache = "route"; or simple_responses = false; or cache = "off"'
    else:
        where = "authorizer.identity_sources"
        mend = f'add "{_HTTP_ROUTE}" to authorizer.identity_sources, or set authorizer.cache_ttl = 0'
    yield Rule.SIMPLE_RESPONSE_WITHOUT_ROUTE.found(
        place.of_key(project, where),
        f"A simple response is yes or no. Kept for {definition.ttl} s by the token alone, one yes for one route is"
        " a yes for every route.",
        mend=mend,
    )


def per_request(project: Project) -> Iterator[Finding]:
    """Find routes whose proof, certificate, time or details of authorization a kept answer would not look at."""
    definition = project.authorizer_definition()
    for one in project.routes if definition.ttl else ():
        if one.per_request:
            yield Rule.PER_REQUEST_ROUTE.found(
                place.of_route(project, one),
                f"{listed(one.per_request)}: differs from request to request with the same token. For"
                f" {definition.ttl} s API Gateway would apply the first answer to all of them.",
                mend='cache = "off" in [authorizer]',
            )


def token_events(project: Project) -> Iterator[Finding]:
    """Find routes that need a header or a certificate, where the event has nothing but the token."""
    for one in project.routes if project.file.authorizer.event == "token" else ():
        if "sender_constrained" in one.per_request:
            yield Rule.TOKEN_EVENT_WITHOUT_HEADERS.found(
                place.of_route(project, one),
                "A TOKEN event has neither the DPoP header nor the client certificate, so that no proof can be"
                " checked.",
                mend='event = "request" in [authorizer]',
            )


def foreign_handler(project: Project) -> Iterator[Finding]:
    """Find a cache over somebody else's authorizer, whose policies may be made for one route."""
    authorizer, definition = project.file.authorizer, project.authorizer_definition()
    if authorizer.handler is None or not definition.ttl or definition.simple_responses:
        return
    protected = [one for one in project.routes if not one.route.public]
    if _names_the_route(project) or len(protected) < 2:
        return
    yield Rule.FOREIGN_HANDLER.found(
        place.of_key(project, "authorizer.handler"),
        f"API Gateway keeps each answer for {definition.ttl} s and applies it to all {len(protected)} routes. If"
        " the function returns a policy for the route that was asked for (event.methodArn), the next route gets a"
        " 403 that comes and goes; if it returns one with wildcards, closed routes may be open.",
        mend=_mend_for_foreign_handler(project),
    )


def websocket(project: Project) -> Iterator[Finding]:
    """Find cache settings of an API that has no authorizer cache."""
    authorizer = project.file.authorizer
    set_up = [key for key in ("cache", "cache_ttl") if key in authorizer.model_fields_set]
    wanted = authorizer.cache != "off" and authorizer.cache_ttl != 0
    if project.file.api.type == "websocket" and set_up and wanted:
        yield Rule.NO_CACHE_FOR_WEBSOCKETS.found(
            place.of_key(project, f"authorizer.{set_up[0]}"),
            "WebSocket APIs keep no answers: the authorizer is asked at each $connect.",
            mend=f"remove {' and '.join(set_up)}",
        )


def _names_the_route(project: Project) -> bool:
    sources = set(project.authorizer_definition().identity_sources)
    if project.file.api.type == "rest":
        return _REST_METHOD in sources and not sources.isdisjoint(_REST_ROUTE)
    return _HTTP_ROUTE in sources


def _mend_for_foreign_handler(project: Project) -> str:
    if project.file.authorizer.event == "token":
        return 'return a policy that is right for every route, or set authorizer.cache = "off"'
    added = _HTTP_ROUTE if project.file.api.type == "http" else f"context.resourceId and {_REST_METHOD}"
    return (
        f"return a policy that is right for every route; or add {added} to authorizer.identity_sources; or set"
        ' authorizer.cache = "off"'
    )
