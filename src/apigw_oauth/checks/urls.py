"""Addresses: of the API itself, and of its backends."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from apigw_oauth.authorizer.verifiers.server_address import is_loopback
from apigw_oauth.checks import place
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import Project


def public_base_urls(project: Project) -> Iterator[Finding]:
    """Find addresses of the API that are missing, or cannot be right."""
    urls = project.file.api.public_base_urls
    # What needs it is about requests over https, and the address of a WebSocket API is wss://.
    if not urls and project.file.api.type != "websocket":
        yield Rule.NO_PUBLIC_URL.found(
            place.of_key(project, "api.public_base_urls"),
            "The address that clients use is not told. DPoP proofs are compared with it. A deployed function knows"
            " that of its stage by itself, and no other.",
            mend='public_base_urls = ["https://api.example.com"]: the address that clients use',
        )
    for number, url in enumerate(urls):
        if _is_plain(url):
            yield Rule.PLAIN_PUBLIC_URL.found(
                place.of_key(project, f"api.public_base_urls[{number}]"),
                "API Gateway is reached by https only, and tokens must not travel in the clear (RFC 6750 §5.3).",
                mend="write https://",
            )


def integrations(project: Project) -> Iterator[Finding]:
    """Find backends that get access tokens without TLS: API Gateway forwards the Authorization header."""
    for one in project.routes:
        url = one.integration.http if one.integration is not None else None
        if url is not None and _is_plain(url) and not one.route.public:
            yield Rule.PLAIN_INTEGRATION.found(
                place.of_route(project, one),
                "The backend is asked by plain HTTP, and the Authorization header goes with the request.",
                mend="write https://",
            )


def _is_plain(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "http" and not is_loopback(parts.hostname or "")
    except ValueError:
        return False
