"""Scripts in browsers: which may call the API, and what answers the questions that browsers ask first (CORS)."""

from collections.abc import Mapping
from typing import NamedTuple

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.route import VERBS
from apigw_oauth.project.project_file import ProjectFile
from apigw_oauth.project.routes import ProjectRoute

ALLOW_ORIGIN = "Access-Control-Allow-Origin"
ANY_ORIGIN = "*"

# A wildcard does not stand for Authorization, nor for anything where the browser does not know it.
_HEADERS = ("Authorization", "Content-Type", "DPoP", "*")
_EXPOSED = ("WWW-Authenticate", "DPoP-Nonce", "*")
_MAX_AGE = 600


class Cors(NamedTuple):
    """What browsers are told, in the words of the CORS configuration of HTTP APIs."""

    origins: tuple[str, ...]
    methods: tuple[str, ...]
    headers: tuple[str, ...]
    """Of requests."""
    exposed: tuple[str, ...]
    """Headers of responses that scripts may read."""
    max_age: int
    """Seconds for which a browser may keep the answer to a preflight request."""


class PreflightRoute(NamedTuple):
    """A method of a REST API that answers preflight requests: without a token, and by API Gateway itself."""

    path: str
    headers: Mapping[str, str]
    """Of the answer, which has the status 200 and no body."""

    @property
    def key(self) -> str:
        """As the table of routes would have it."""
        return f"OPTIONS {self.path}"


def of(file: ProjectFile) -> Cors | None:
    """Return what browsers are told; None if the file says nothing of them."""
    origins = tuple(dict.fromkeys(file.api.cors_origins))
    return Cors(origins, VERBS, _HEADERS, _EXPOSED, _MAX_AGE) if origins else None


def check(file: ProjectFile) -> None:
    """Raise SettingsError for origins that this type of API cannot tell browsers."""
    origins = dict.fromkeys(file.api.cors_origins)
    if origins and file.api.type == "websocket":
        raise SettingsError(
            "api.cors_origins: browsers ask nothing before a WebSocket; remove it, and compare the header Origin"
            " behind $connect"
        )
    if ANY_ORIGIN in origins and len(origins) > 1:
        raise SettingsError(f'api.cors_origins: "{ANY_ORIGIN}" stands for every origin; remove the others')
    if len(origins) > 1 and file.api.type == "rest":
        raise SettingsError(
            "api.cors_origins: the gateway responses of a REST API can name one origin; keep one, or write"
            f' "{ANY_ORIGIN}", or use type = "http", which chooses among several'
        )


def preflight_routes(file: ProjectFile, routes: tuple[ProjectRoute, ...]) -> tuple[PreflightRoute, ...]:
    """Return what answers preflight requests of a REST API: one on each path that has no OPTIONS of its own.

    HTTP APIs have none: there API Gateway answers. See "Enable CORS on a resource" in its Developer Guide.
    """
    told = of(file)
    if told is None or file.api.type != "rest":
        return ()
    taken = {one.route.segments for one in routes if one.route.method == "OPTIONS"}
    paths = {one.route.segments: one.route.key.partition(" ")[2] for one in reversed(routes)}
    headers = {
        ALLOW_ORIGIN: told.origins[0],
        "Access-Control-Allow-Methods": ",".join(told.methods),
        "Access-Control-Allow-Headers": ",".join(told.headers),
        "Access-Control-Max-Age": str(told.max_age),
    }
    free = ((segments, path) for segments, path in reversed(paths.items()) if segments not in taken)
    return tuple(PreflightRoute(path, headers) for _, path in free)


def headers_of_mocks(file: ProjectFile) -> dict[str, str]:
    """Return what mock integrations of a REST API send; functions and servers behind routes do so themselves."""
    told = of(file)
    if told is None or file.api.type != "rest":
        return {}
    return {ALLOW_ORIGIN: told.origins[0], "Access-Control-Expose-Headers": ",".join(told.exposed)}
