"""What browsers need: preflight requests without a token, and headers that let scripts read a refusal."""

from collections.abc import Iterator

from apigw_oauth.authorizer.route import REST_OF_PATH, WHOLE_PATH, Route
from apigw_oauth.checks import place
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.listing import listed
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import Project

_ALLOW, _EXPOSE = "Access-Control-Allow-Origin", "Access-Control-Expose-Headers"
_WITH_CHALLENGE = frozenset({"UNAUTHORIZED", "ACCESS_DENIED"})


def preflight(project: Project) -> Iterator[Finding]:
    """Find routes on which a preflight request would need a token, which browsers never send with it."""
    if project.file.api.type == "websocket":
        return
    own = {one.route.segments for one in project.routes if one.route.method == "OPTIONS"}
    own |= {one.segments for one in (Route.parse(added.key, public=True) for added in project.preflight_routes())}
    if (REST_OF_PATH,) in own:
        own.add((WHOLE_PATH,))  # the route $default has no path, hence no OPTIONS of its own
    for one in project.routes:
        route = one.route
        takes_it = route.method == "OPTIONS" or (route.method == "ANY" and route.segments not in own)
        if route.public or not takes_it:
            continue
        yield Rule.PREFLIGHT.found(
            place.of_route(project, one),
            f"{route.key} takes OPTIONS too and requires a token. A browser sends its preflight request without"
            " one, gets 401, and calls nothing.",
            mend=_mend(project, route),
        )


def _mend(project: Project, route: Route) -> str:
    path = route.key.partition(" ")[2] or "/{proxy+}"
    ours = (
        f'"OPTIONS {path}" = {{ public = true, integration = {{ lambda = "functions.py:preflight" }} }},'
        " a function that answers with the CORS headers"
    )
    if project.file.api.type == "http":
        # The configuration answers what no route takes, and `ANY` takes OPTIONS.
        ours += "; with cors_origins in [api], API Gateway adds the headers"
    elif route.method == "ANY":
        ours += '; or cors_origins = ["https://app.example.com"] in [api], and API Gateway answers'
    return f"{ours}; if no browser calls this API, leave it"


def headers(project: Project) -> Iterator[Finding]:
    """Find gateway responses that a script in a browser could not read."""
    if project.file.api.type != "rest":
        return
    for kind, response in project.gateway_responses().items():
        values = {name.lower(): value for name, value in response.headers.items()}
        needed = (_ALLOW, _EXPOSE) if kind in _WITH_CHALLENGE else (_ALLOW,)
        lacking = [name for name in needed if not values.get(name.lower(), "").strip("' ")]
        if lacking:
            yield Rule.CORS_HEADER.found(
                place.of_key(project, f"gateway_responses.{kind}.headers"),
                f"{kind} is sent without {' and '.join(lacking)}: a script in a browser sees a network error"
                " instead of the refusal. A response of its own does not inherit the headers of DEFAULT_4XX and"
                " DEFAULT_5XX.",
                mend=f"headers = {{ {', '.join(_example(name) for name in lacking)} }}; if no browser calls this"
                " API, leave it",
            )


def backends(project: Project) -> Iterator[Finding]:
    """Say which answers API Gateway does not make readable."""
    told = project.cors()
    if told is None or project.file.api.type != "rest":
        return
    answering = [one for one in project.routes if one.integration is not None and one.integration.mock is None]
    if answering:
        yield Rule.CORS_BACKEND.found(
            place.of_key(project, "api.cors_origins"),
            f"{listed(one.route.key for one in answering)}: what functions and servers answer reaches clients as"
            " it is. Preflight requests and refusals name the origin; these answers do if they say so.",
            mend=f"have them send {_ALLOW}: {told.origins[0]}; an HTTP API adds the header itself",
        )


def _example(name: str) -> str:
    return f'"{name}" = "\'{"*" if name == _ALLOW else "WWW-Authenticate"}\'"'
