"""What must be present in a request before the authorizer is asked, and what its answer is cached under."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from apigw_oauth.gateway.api import Authorizer
from apigw_oauth.gateway.received import Received

# As REST, WebSocket and HTTP APIs write them.
_IN_REQUEST = re.compile(r"(?:method\.|route\.|\$)request\.(header|querystring)\.(.+)")
_compiled = lru_cache(maxsize=100)(re.compile)


class MissingIdentityError(Exception):
    """An identity source is absent, empty, or does not have the form that the authorizer demands."""


def find(authorizer: Authorizer, request: Received) -> tuple[str, ...]:
    """Return the values of a REST authorizer's identity sources, in their order.

    Raises MissingIdentityError, which names the source and never its value. A missing source refuses the request
    even when the cache is off. See "Configure a Lambda authorizer" in the API Gateway Developer Guide.
    """
    values = find_all(authorizer.identity_sources, request)
    expression = authorizer.identity_validation
    if expression is not None and not _compiled(expression).fullmatch(values[0]):
        raise MissingIdentityError(
            f"{authorizer.identity_sources[0]} does not match the identity validation expression"
        )
    return values


def repeats(source: str) -> bool:
    """Say whether a source of a REST API has the same value in all requests of the same headers and route."""
    if source.startswith("method.request.header."):
        return source.lower() != "method.request.header.x-amzn-trace-id"
    return source.startswith("stageVariables.") or source in {"context.resourceId", "context.httpMethod"}


def find_all(sources: Sequence[str], request: Received) -> tuple[str, ...]:
    """Return the values of identity sources, in their order. Raises MissingIdentityError if one is empty."""
    values = []
    for source in sources:
        value = request.value(source)
        if not value:
            raise MissingIdentityError(f"identity source {source} is missing or empty")
        values.append(value)
    return tuple(values)


class Credentials:
    """The `credentials` of a request, found when a message needs them: that takes 20 µs."""

    __slots__ = ("_request", "_sources")

    def __init__(self, sources: Sequence[str], request: Received) -> None:
        self._sources, self._request = sources, request

    def __iter__(self) -> Iterator[str]:
        """Return them, the longest first."""
        return iter(credentials(self._sources, self._request))


def secrets(authorizer: Authorizer | None, request: Received) -> tuple[str, ...]:
    """Return what must not appear in any message about a request to a REST API."""
    return credentials(authorizer.identity_sources if authorizer else (), request)


def credentials(sources: Sequence[str], request: Received) -> tuple[str, ...]:
    """Return what must not appear in any message: credentials that came with the request.

    These are all values of the identity sources taken from headers and the query string, and of `Authorization`,
    whole and without their scheme; the longest first. Values of less than four characters protect nothing, and are
    part of words.
    """
    found = set(request.header("Authorization"))
    for source in sources:
        found.update(_all_values(source, request))
    if not found:
        return ()
    parts = {part.rstrip().rpartition(" ")[2] for value in found for part in value.split(",")}
    return tuple(sorted((value for value in found | parts if len(value) >= 4), key=len, reverse=True))


def _all_values(source: str, request: Received) -> list[str]:
    place, name = _place(source)
    if not place:
        return []
    return request.header(name) if place == "header" else request.query_values().get(name, [])


@lru_cache(maxsize=100)
def _place(source: str) -> tuple[str, str]:
    found = _IN_REQUEST.fullmatch(source)
    return (found[1], found[2]) if found else ("", "")
