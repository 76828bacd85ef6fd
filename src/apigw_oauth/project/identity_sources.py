"""What must be present in a request, and keys the authorizer cache: each type of API names it in its own way."""

from typing import NamedTuple

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.iam_policy import CacheMode
from apigw_oauth.project.project_file import ApiType, ProjectFile

_KEY = "authorizer.identity_sources"


class _Names(NamedTuple):
    header: str
    query: str
    context: str
    stage_variables: str
    route: tuple[str, ...]
    """What puts the route into the cache key."""

    @property
    def authorization(self) -> str:
        return f"{self.header}Authorization"

    @property
    def beginnings(self) -> tuple[str, ...]:
        return self.header, self.query, self.stage_variables, self.context


_NAMES: dict[ApiType, _Names] = {
    "rest": _Names(
        "method.request.header.",
        "method.request.querystring.",
        "context.",
        "stageVariables.",
        ("context.resourceId", "context.httpMethod"),
    ),
    "http": _Names(
        "$request.header.", "$request.querystring.", "$context.", "$stageVariables.", ("$context.routeKey",)
    ),
    # No authorizer cache, hence no key, and one route.
    "websocket": _Names("route.request.header.", "route.request.querystring.", "context.", "stageVariables.", ()),
}


def effective(file: ProjectFile, cache: CacheMode) -> tuple[str, ...]:
    """Return the identity sources: those of the file, and what the cache mode needs."""
    names, given = _NAMES[file.api.type], file.authorizer.identity_sources
    sources = [names.authorization] if given is None else list(given)
    # With none at all and no TTL there is no key: the authorizer is asked about every request.
    if cache == "route" and (sources or file.authorizer.cache_ttl):
        sources += [source for source in names.route if source not in sources]
    return tuple(sources)


def name_the_route(api_type: ApiType, sources: tuple[str, ...]) -> bool:
    """Say whether what `cache = "route"` adds is among the identity sources."""
    return set(_NAMES[api_type].route) <= set(sources)


def not_read(file: ProjectFile, sources: tuple[str, ...]) -> tuple[str, ...]:
    """Return what clients would have to send and our authorizer does not read, if its own header is not asked for.

    A TOKEN event has the value of its one header, whatever the name.
    """
    names = _NAMES[file.api.type]
    is_asked_for = names.authorization.lower() in map(str.lower, sources)
    if is_asked_for or file.authorizer.handler is not None or file.authorizer.event == "token":
        return ()
    return tuple(source for source in sources if source.startswith((names.header, names.query)))


def authorization(api_type: ApiType) -> str:
    """Return the identity source from which our authorizer takes the token."""
    return _NAMES[api_type].authorization


def check(file: ProjectFile, sources: tuple[str, ...], *, ttl: int) -> None:
    """Raise SettingsError for identity sources that API Gateway would refuse, or that are no safe cache key."""
    names, authorizer = _NAMES[file.api.type], file.authorizer
    for source in sources:
        if not source.startswith(names.beginnings) or source.endswith("."):
            raise SettingsError(f"{_KEY}: {source!r} must begin with one of {', '.join(names.beginnings)}")
    if authorizer.event == "token" and (len(sources) != 1 or not sources[0].startswith(names.header)):
        raise SettingsError(f"{_KEY}: a TOKEN authorizer has exactly one header, such as {names.authorization!r}")
    if authorizer.identity_sources == [] and ttl:
        raise SettingsError(
            f"{_KEY}: is empty, so that all callers would share one cached answer; name what tells them apart,"
            f" such as {names.authorization!r}, or set authorizer.cache_ttl = 0"
        )
    is_ours = authorizer.handler is None and authorizer.event == "request"
    if is_ours and ttl and names.authorization.lower() not in map(str.lower, sources):
        raise SettingsError(
            f"{_KEY}: must have {names.authorization}, or one caller gets the answer kept for another; add it"
        )
