"""Where tokens are verified, and what is asked of them beside being valid."""

from collections.abc import Iterator

from apigw_oauth.checks import place
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.listing import listed
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import Project

_SWITCHES = ("profile", "typ", "client_claim", "scope_claim", "audience_claim", "required_claims")


def missing(project: Project) -> Iterator[Finding]:
    """Find a project that can run nowhere but here."""
    if project.file.authorizer.handler is None and not project.file.verifiers:
        yield Rule.NO_VERIFIER.found(
            place.of_key(project, "verifiers"),
            "Only the development authorization server can verify tokens: this project cannot be deployed.",
            mend='add [[verifiers]], such as type = "authlete" with base_url, api_key and api_secret',
        )


def audience(project: Project) -> Iterator[Finding]:
    """Say what keeps tokens that were issued for other APIs away from this one."""
    if project.file.authorizer.handler is not None:
        return
    any_token = [
        one.route.key for one in project.routes if not one.route.public and frozenset() in one.route.any_of
    ]
    beside = f" Any of them will do for {listed(any_token)}." if any_token else ""
    for number, table in enumerate(project.file.verifiers):
        if table.get("type") in {"authlete", "introspection"} and not table.get("audience"):
            yield Rule.AUDIENCE.found(
                place.of_key(project, f"verifiers[{number}]"),
                "Every valid token of this authorization server is taken, whatever resource it was issued for"
                f" (RFC 8707). What keeps others out is the server, and the scopes of the routes.{beside}",
                mend='audience = "https://api.example.com", if its tokens name one; else let APIs that do not'
                " trust one another have servers (Authlete: services) of their own, or scopes of their own",
            )


def unreached(project: Project) -> Iterator[Finding]:
    """Find verifiers that are never asked: the first that recognizes a token verifies it, and some take all."""
    tables = project.file.verifiers
    taking = next(
        (n for n, table in enumerate(tables) if table.get("type") in {"authlete", "introspection"}), None
    )
    for number in range(len(tables) if taking is None else taking + 1, len(tables)):
        yield Rule.UNREACHED.found(
            place.of_key(project, f"verifiers[{number}]"),
            f"verifiers[{taking}] is asked about every token, whatever its shape, and what it says is final: this"
            " one gets none.",
            mend="put what takes tokens of one shape first: jwt, then introspection or authlete",
        )


def loosened(project: Project) -> Iterator[Finding]:
    """Say where JWTs are taken that RFC 9068 would not."""
    for number, table in enumerate(project.file.verifiers):
        switched = [key for key in _SWITCHES if key in table and table[key] != "rfc9068"]
        if table.get("type") == "jwt" and switched:
            yield Rule.LOOSENED.found(
                place.of_key(project, f"verifiers[{number}].{switched[0]}"),
                f"{listed(switched)}: the tokens of this issuer are not those of RFC 9068, so that something else"
                " has to tell access tokens from its other tokens (docs/jwt.md says what, for each server).",
                mend="have the issuer write `typ` at+jwt, client_id and jti, if it can; else none is needed",
            )


def plain_http(project: Project) -> Iterator[Finding]:
    """Find verifiers that are asked without TLS: on this machine, since others are refused."""
    for number, table in enumerate(project.file.verifiers):
        for key, value in table.items():
            if isinstance(value, str) and value.lower().startswith("http://") and key != "audience":
                yield Rule.PLAIN_HTTP_VERIFIER.found(
                    place.of_key(project, f"verifiers[{number}].{key}"),
                    "It is an address of this machine, where a deployed authorizer finds nothing.",
                    mend="name the authorization server with https://; `apigw-oauth serve` brings its own",
                )
