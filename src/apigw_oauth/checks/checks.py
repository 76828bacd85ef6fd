"""Everything that is checked, in the order in which it is told."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from apigw_oauth.checks import (
    assumptions,
    caching,
    challenges,
    cors,
    limits,
    openapi_document,
    path_variables,
    place,
    resource_metadata,
    revocation,
    routes,
    secrets,
    sender_constraint,
    stage_policies,
    step_up,
    token_places,
    urls,
    verifiers,
)
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.listing import listed
from apigw_oauth.project import Project

CHECKS: Sequence[Callable[[Project], Iterable[Finding]]] = (
    secrets.literal,
    secrets.readable,
    caching.simple_responses,
    caching.per_request,
    caching.token_events,
    caching.foreign_handler,
    caching.websocket,
    stage_policies.policies,
    assumptions.method_override,
    path_variables.siblings,
    routes.closed,
    routes.public,
    routes.not_in_openapi,
    routes.without_integration,
    openapi_document.root_security,
    cors.preflight,
    cors.headers,
    cors.backends,
    challenges.rest,
    challenges.http,
    token_places.identity_sources_not_read,
    token_places.browsers_on_websockets,
    token_places.refusals_on_websockets,
    verifiers.missing,
    verifiers.plain_http,
    verifiers.audience,
    verifiers.unreached,
    verifiers.loosened,
    urls.public_base_urls,
    resource_metadata.discovery,
    resource_metadata.authorization_servers,
    urls.integrations,
    sender_constraint.public_url,
    sender_constraint.nonces,
    sender_constraint.replays,
    sender_constraint.default_endpoint,
    step_up.untold,
    limits.answer,
    limits.request_arn,
    revocation.revocation,
    revocation.jwts,
    revocation.expiry,
    revocation.connections,
)

SEVERITIES = ("error", "warning", "info")
_MOST = 20


def check(project: Project, *, beside: Iterable[Finding] = ()) -> list[Finding]:
    """Return all findings, the worst first; of one code, no more than 20, and how many there are besides.

    `beside` are findings that were made elsewhere.
    """
    found: dict[str, list[Finding]] = {}
    for finding in chain(beside, *(one(project) for one in CHECKS)):
        found.setdefault(finding.code, []).append(finding)
    told = [finding for alike in found.values() for finding in _shortened(alike, project)]
    return sorted(told, key=lambda finding: SEVERITIES.index(finding.severity))


def _shortened(alike: Sequence[Finding], project: Project) -> Iterator[Finding]:
    if len(alike) <= _MOST:
        yield from alike
        return
    told, rest = alike[: _MOST - 1], alike[_MOST - 1 :]
    yield from told
    places = listed(finding.place.partition(": ")[2] for finding in rest)
    yield rest[0]._replace(place=place.of_file(project), message=f"The same {len(rest)} times more: {places}")
