"""Tokens that are bound to a key or certificate, and what has to be in place to see who holds it."""

from collections.abc import Iterator

from apigw_oauth.checks import place
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.listing import listed
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import Project


def public_url(project: Project) -> Iterator[Finding]:
    """Find routes for bound tokens without an address that a proof could be made for."""
    bound = _bound(project)
    if bound and not project.file.api.public_base_urls:
        yield Rule.NO_URL_FOR_PROOFS.found(
            place.of_key(project, "api.public_base_urls"),
            f"{listed(bound)}: a DPoP proof names the address of the request (htu), and no address of this API is"
            " known once it is deployed: only certificates count then, and no DPoP. `serve` has its own.",
            mend='public_base_urls = ["https://api.example.com"] in [api]: scheme, host, and what comes before the'
            " path of the route",
        )


def nonces(project: Project) -> Iterator[Finding]:
    """Find nonces that no client would get."""
    dpop, refusals = project.file.authorizer.dpop, project.file.authorizer.refusals
    if dpop is None or not dpop.nonces or (project.file.api.type == "rest" and refusals == "dynamic-401"):
        return
    rest = project.file.api.type == "rest"
    yield Rule.NONCES_UNTOLD.found(
        place.of_key(project, "authorizer.dpop.nonces"),
        "Every proof without a nonce is refused, and the refusal has no header DPoP-Nonce that would give one: "
        + (
            "a raised 401 carries nothing."
            if rest
            else "only REST APIs have gateway responses that print headers."
        ),
        mend='refusals = "dynamic-401" in [authorizer]' if rest else 'nonces = false, or type = "rest" in [api]',
    )


def replays(project: Project) -> Iterator[Finding]:
    """Say how far replayed proofs are noticed."""
    if not _checks_proofs(project):
        return
    dpop = project.file.authorizer.dpop
    if dpop is not None and dpop.replay == "off":
        yield Rule.NO_REPLAY_PROTECTION.found(
            place.of_key(project, "authorizer.dpop.replay"),
            f"Whoever sees a request with its proof can send it again for {dpop.max_age} s.",
            mend='replay = "best-effort"',
        )
    else:
        yield Rule.REPLAY.found(
            place.of_key(project, "authorizer.dpop"),
            "Each Lambda environment remembers the proofs that it has seen, and none of those of the others: a"
            " proof that is sent again may meet one that does not know it, until it is too old.",
            mend="none is needed for most APIs; nonces = true shortens the time",
        )


def default_endpoint(project: Project) -> Iterator[Finding]:
    """Say what certificate-bound tokens need of the deployment."""
    bound = _bound(project)
    if bound:
        yield Rule.DEFAULT_ENDPOINT.found(
            place.of_key(project, "routes"),
            f"{listed(bound)}: API Gateway asks clients for a certificate on a custom domain with a trust store,"
            " and nowhere else. On the default execute-api endpoint there is none, so that every certificate-bound"
            " token is refused there.",
            mend="a custom domain with mutual TLS, and disableExecuteApiEndpoint, so that nothing else is"
            " reachable around it; none is needed for DPoP",
        )


def _bound(project: Project) -> list[str]:
    return [one.route.key for one in project.routes if one.route.sender_constrained]


def _checks_proofs(project: Project) -> bool:
    """Say whether proofs are checked once the API is deployed."""
    file = project.file
    kept = project.authorizer_definition().ttl > 0 and file.api.type != "websocket"
    ours = file.authorizer.handler is None and file.authorizer.event == "request"
    return ours and not kept and bool(file.api.public_base_urls)
