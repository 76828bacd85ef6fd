"""Where the authorizer takes the token from, and who cannot put it there."""

from collections.abc import Iterator

from apigw_oauth.checks import place
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.listing import listed
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import Project, identity_sources


def identity_sources_not_read(project: Project) -> Iterator[Finding]:
    """Find identity sources that clients would send a token in, where nobody looks for one."""
    not_read = identity_sources.not_read(project.file, project.authorizer_definition().identity_sources)
    if not_read and any(not one.route.public for one in project.routes):
        yield Rule.TOKEN_NOT_READ.found(
            place.of_key(project, "authorizer.identity_sources"),
            f"API Gateway asks for {listed(not_read)}, and the authorizer reads the token from the Authorization"
            " header and nowhere else: who sends it elsewhere gets 401.",
            mend=f'identity_sources = ["{identity_sources.authorization(project.file.api.type)}"], or remove'
            " identity_sources",
        )


def browsers_on_websockets(project: Project) -> Iterator[Finding]:
    """Say that browsers cannot send the header in the handshake of a WebSocket API."""
    foreign = project.file.authorizer.handler is not None
    protected = [one for one in project.routes if not one.route.public]
    if project.file.api.type == "websocket" and protected and not foreign:
        yield Rule.BROWSERS_ON_WEBSOCKETS.found(
            place.of_route(project, protected[0]),
            "Scripts in browsers cannot add the Authorization header to the handshake, and a token in the query is"
            " not read, since queries are written to logs (RFC 9700 §4.3.2). Other clients are not concerned.",
            mend="if browsers are to connect, use an authorizer.handler that takes a short-lived ticket from the"
            " query instead of the token",
        )


def refusals_on_websockets(project: Project) -> Iterator[Finding]:
    """Find `dynamic-401` where no gateway response makes a 401 of it."""
    authorizer = project.file.authorizer
    is_ours = authorizer.handler is None
    if project.file.api.type == "websocket" and authorizer.refusals == "dynamic-401" and is_ours:
        yield Rule.REFUSALS_ON_WEBSOCKETS.found(
            place.of_key(project, "authorizer.refusals"),
            "With dynamic-401 the authorizer answers an invalid token with a Deny, which a gateway response turns"
            " into 401. WebSocket APIs have no gateway responses: the handshake fails with 403.",
            mend='refusals = "static-401", or remove refusals',
        )
