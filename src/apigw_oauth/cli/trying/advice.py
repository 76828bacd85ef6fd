"""What the operator can change, for every way in which a request is refused."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.route import Route
from apigw_oauth.cli.trying import guarded_api, requirement
from apigw_oauth.cli.trying.advice_about_tokens import ABOUT_TOKENS
from apigw_oauth.cli.trying.token_facts import TokenFacts
from apigw_oauth.gateway.exchange import RequestRecord


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is known of a refusal. `asked_for` is method and path, `route` the project's, if it has one."""

    asked_for: str
    route: Route | None
    token: TokenFacts | None
    server: str
    uses_serve: bool
    elsewhere: tuple[str, ...] = ()
    """Identity sources of a project that has none in the header that the authorizer reads."""


def _scope(refusal: Refusal) -> str:
    if refusal.route is None or not refusal.route.any_of:
        return "The authorization server says that the token does not suffice."
    asks = " or ".join(requirement.alternatives(refusal.route))
    has = refusal.token.scopes if refusal.token else ()
    wanted = " ".join(sorted(requirement.nearest(refusal.route, frozenset(has))))
    has_told = f"has {' '.join(has)}" if has else "has none"
    return f"The route asks for {asks}; the token {has_told}. {_get_one(refusal, wanted)}"


def _get_one(refusal: Refusal, scopes: str = "") -> str:
    if not refusal.uses_serve:
        return "Get another one from the authorization server."
    return "Get one with: apigw-oauth token" + (f" --scope '{scopes}'" if scopes else "")


def _new_token(refusal: Refusal) -> str:
    alternatives = requirement.alternatives(refusal.route) if refusal.route else ()
    return _get_one(refusal, alternatives[0] if alternatives else "")


def _unreachable(refusal: Refusal) -> str:
    if refusal.uses_serve:
        return (
            f"{refusal.server} does not answer. Is apigw-oauth serve still running? If it was killed, start it"
            " again, or remove .apigw-oauth/serve.json to ask whom the project file names."
        )
    return f"{refusal.server} cannot be reached from here: look at base_url of [[verifiers]], DNS and firewall."


def _unknown_route(refusal: Refusal) -> str:
    return (
        f"{refusal.asked_for} is not in the table of the authorizer, or its path may mean a route that is not."
        f' Add it to [routes]: "{refusal.asked_for}" = ["a:scope"]'
    )


_READ = (
    "the authorizer reads the token from the Authorization header only, never from another header or the query."
    " Have clients send the token there, and let [authorizer] identity_sources name that header"
)


def _missing_token(refusal: Refusal) -> str:
    if not refusal.elsewhere:
        return "The request has no token. Give one with --token."
    return (
        f"The request has no token in its Authorization header. identity_sources name"
        f" {' and '.join(refusal.elsewhere)}, but {_READ}; --token sends it so."
    )


def _authentication(refusal: Refusal) -> str:
    asks = []
    if refusal.route is not None and refusal.route.acr_values:
        asks.append(f"one of the levels {' '.join(refusal.route.acr_values)}")
    if refusal.route is not None and refusal.route.max_age is not None:
        asks.append(f"a login of the last {refusal.route.max_age} s")
    return (
        f"The route asks for {' and '.join(asks) or 'a stronger or fresher login'} (the claims acr and auth_time)."
        " Send the user to log in again, with acr_values and max_age of the challenge (RFC 9470)."
    )


ADVICE: Mapping[Reason, str | Callable[[Refusal], str]] = {
    Reason.MISSING_TOKEN: _missing_token,
    Reason.UNSUPPORTED_SCHEME: "The scheme of the Authorization header must be Bearer; --token writes it so.",
    Reason.MALFORMED_AUTHORIZATION: "The Authorization header must be: Bearer, one space, one token. A token"
    " has letters, digits and - . _ ~ + / with = at its end only: was it cut, or quoted twice?",
    Reason.MULTIPLE_TOKENS: "Send one Authorization header with one token; something on the way may add another.",
    Reason.TOKEN_TOO_LONG: "No token of more than 8,192 characters comes through API Gateway: have the"
    " authorization server put less into it, or issue identifiers.",
    Reason.METHOD_OVERRIDE: "X-HTTP-Method-Override (or the ARN) names another method than the request. Send the"
    " request with the method that is meant.",
    Reason.INACTIVE_TOKEN: lambda refusal: (
        "The authorization server does not know this token, or it was revoked: is it one of another server or"
        f" service? The one that was asked: {refusal.server}. {_new_token(refusal)}"
    ),
    Reason.EXPIRED_TOKEN: lambda refusal: f"The token has ended. {_new_token(refusal)}",
    **ABOUT_TOKENS,
    Reason.INSUFFICIENT_AUTHENTICATION: _authentication,
    Reason.INSUFFICIENT_SCOPE: _scope,
    Reason.INSUFFICIENT_AUTHORIZATION_DETAILS: lambda refusal: (
        "The token needs authorization details of the types"
        f" {', '.join(refusal.route.authorization_details) if refusal.route else 'of the route'}, for this API if"
        " they name locations: ask for them with the parameter authorization_details (RFC 9396)."
    ),
    Reason.UNKNOWN_ROUTE: _unknown_route,
    Reason.CLOSED_ROUTE: lambda refusal: (
        "The OpenAPI document has the route, and says nothing of OAuth scopes. Say what it requires in [routes]:"
        f' "{refusal.route.key if refusal.route else refusal.asked_for}" = ["a:scope"]'
    ),
    Reason.UNPRINTABLE_PATH: 'In cache mode "token" no policy can be printed for this path that would be safe on'
    ' other routes. Use cache = "route" in [authorizer]; apigw-oauth check names the routes.',
    Reason.AUTHORIZATION_SERVER_UNREACHABLE: _unreachable,
    Reason.AUTHORIZATION_SERVER_TIMEOUT: lambda refusal: (
        f"{refusal.server} did not answer in time: its load, the network, or a firewall that drops packets."
    ),
    Reason.AUTHORIZATION_SERVER_ERROR: lambda refusal: (
        f"{refusal.server} says that it failed: its own log says why. Is the URL in [[verifiers]] right?"
    ),
    Reason.AUTHORIZATION_SERVER_NONSENSE: lambda refusal: (
        f"What answers at {refusal.server} does not answer as such a server: look at the type and the URL in"
        " [[verifiers]]."
    ),
    Reason.CIRCUIT_OPEN: lambda refusal: (
        f"{refusal.server} failed several times in a row and is left alone for some seconds: see the lines before."
    ),
    Reason.KEYS_UNAVAILABLE: lambda refusal: (
        "The keys of the issuer cannot be fetched: look at jwks_uri or discovery of [[verifiers]]"
        f" ({refusal.server})."
    ),
    Reason.CREDENTIALS_REFUSED: "The authorization server refuses the authorizer's own credentials: api_key"
    " and api_secret (or service_id and service_access_token, client_id and client_secret) of [[verifiers]].",
    Reason.SECRETS_UNAVAILABLE: "AWS keeps our credentials (ssm:, secretsmanager:) and does not answer: look at"
    " the network, the region and AWS_ENDPOINT_URL.",
    Reason.UNKNOWN_EVENT: "Give the authorizer in API Gateway the type that [authorizer] event names, or the other"
    " way round.",
    Reason.ANSWER_TOO_LARGE: "Tell the backend fewer claims ([authorizer] context), or shorten the route.",
    Reason.INTERNAL_ERROR: "Nobody expected this: please report it, with the message of the log line.",
}
"""For every reason but those of an Allow."""


def for_refusal(reason: Reason, refusal: Refusal) -> str:
    """Return what to change."""
    advice = ADVICE[reason]
    return advice if isinstance(advice, str) else advice(refusal)


SOMEBODY_ELSES = (
    "This is not the authorizer of apigw-oauth: its reasons are its own, in what it prints. What API Gateway makes"
    " of its answer stands above."
)


def unasked(record: RequestRecord, path: str, *, stage: str, elsewhere: Sequence[str] = ()) -> str:
    """Return what to change where API Gateway answers by itself.

    `elsewhere` are the identity sources where our authorizer does not look for a token, if they are all there are.
    """
    if record.decision == "unauthorized":
        return _without_identity(record.reason, elsewhere)
    if path.startswith(f"/{stage}/"):
        return f"PATH goes without the stage: {path.removeprefix(f'/{stage}')}"
    if record.route is None:
        return (
            "API Gateway has no such route, and answers by itself; the authorizer cannot change that. Is the path"
            " right? If so, the route is missing in [routes] and in the API."
        )
    return f"API Gateway answers by itself: {record.reason}."


def _without_identity(reason: str, elsewhere: Sequence[str]) -> str:
    if not elsewhere:
        return (
            f"API Gateway answers by itself: {reason}. Send it (--token, --header), or change"
            " [authorizer] identity_sources or identity_validation."
        )
    missing = next((source for source in elsewhere if source in reason), elsewhere[0])
    return (
        f"API Gateway answers by itself: {reason}. Sending it ({_how_to_send(missing)}) is not enough:"
        f" {_READ} in the place of this one."
    )


def small_letters(method: str) -> str:
    """Return what to change where a method was typed in small letters, which is a method of its own."""
    return f"Methods are case-sensitive: {method} is not {method.upper()}. Write it in capitals."


def _how_to_send(source: str) -> str:
    found = guarded_api.IN_REQUEST.fullmatch(source)
    if found is None:
        return "as clients do"
    return f'--header "{found[2]}: …"' if found[1] == "header" else f"PATH?{found[2]}=…"
