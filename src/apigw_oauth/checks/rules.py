"""Rule: the table of everything that a check can find, one code each."""

from enum import Enum

from apigw_oauth.checks.finding import Finding, Severity


class Rule(Enum):
    """Code, severity, title. Codes are stable: scripts and docs/checks.md know them."""

    # the command `check`, which may ask the local gateway and the authorization server
    SERVE_REFUSES_API = ("serve-refused-api", "error", "The local gateway refuses the API")
    SERVE_REFUSES_AUTHSERVER = (
        "serve-refused-authserver",
        "error",
        "The development authorization server refuses its settings",
    )
    # caching.py
    SIMPLE_RESPONSE_WITHOUT_ROUTE = (
        "cache-simple-response-without-route-key",
        "error",
        "Simple responses are cached without the route in the key",
    )
    PER_REQUEST_ROUTE = (
        "cache-per-request-route",
        "error",
        "Answers are cached for a route that has to be checked anew for each request",
    )
    TOKEN_EVENT_WITHOUT_HEADERS = (
        "event-without-headers",
        "error",
        "A TOKEN event does not have what a route requires",
    )
    FOREIGN_HANDLER = (
        "cache-foreign-handler",
        "warning",
        "Answers of an authorizer that is not ours are cached for all routes",
    )
    NO_CACHE_FOR_WEBSOCKETS = (
        "cache-on-websocket",
        "warning",
        "A cache is set up that WebSocket APIs do not have",
    )
    # stage_policies.py
    UNPRINTABLE_ROUTES = (
        "policy-unprintable-routes",
        "error",
        "A pattern of one route would open another one",
    )
    POLICY_TOO_LARGE = ("policy-too-large", "error", "The policy for all routes does not fit into one answer")
    UNPROTECTED_ROUTES = (
        "policy-unprotected-routes",
        "warning",
        "A closed route cannot be denied exactly",
    )
    TOO_MUCH = ("policy-partly-checked", "warning", "There is too much to look at all policies")
    UNKNOWN_PATHS = ("policy-unknown-paths", "info", "A pattern also matches paths that no route has")
    # assumptions.py
    ENCODED_SLASH = ("assumes-encoded-slash", "warning", "An encoded slash could open a closed route")
    DECODED_ARN = ("assumes-decoded-arn", "warning", "An encoded letter could open a closed route")
    METHOD_OVERRIDE = ("assumes-method-override", "warning", "A method override could open a closed route")
    METHOD_OVERRIDE_IN_KEY = (
        "assumes-method-override-in-key",
        "info",
        "A method override could meet a kept answer of another method",
    )
    # routes.py
    CLOSED_ROUTE = ("route-closed", "warning", "The OpenAPI document does not say which scopes a route requires")
    NOT_IN_OPENAPI = ("route-not-in-openapi", "info", "The OpenAPI document does not have the route")
    PUBLIC_EVERYTHING = ("route-everything-public", "warning", "What is not in the table is public")
    PUBLIC_ROUTE = ("route-public", "info", "A route is open to everybody")
    NO_INTEGRATION = ("route-without-integration", "info", "Nothing answers the route on this machine")
    # path_variables.py
    SIBLING_VARIABLES = ("route-sibling-variables", "error", "Two variables at one place of the path")
    # openapi_document.py
    ROOT_SECURITY = ("openapi-root-security", "warning", "REST APIs ignore `security` at the root of the document")
    # cors.py
    PREFLIGHT = ("cors-preflight", "warning", "Preflight requests would need an access token")
    CORS_HEADER = ("cors-header-missing", "warning", "Browsers cannot read a gateway response")
    CORS_BACKEND = ("cors-backend-headers", "info", "What is behind a REST API names the origin itself")
    # challenges.py
    NO_CHALLENGE = ("challenge-missing", "warning", "A refusal does not carry its challenge")
    NO_CHALLENGE_ON_HTTP = ("challenge-on-http-api", "info", "HTTP APIs refuse without a challenge")
    # token_places.py
    TOKEN_NOT_READ = (
        "identity-source-not-read",
        "warning",
        "Clients have to send something in which no token is looked for",
    )
    BROWSERS_ON_WEBSOCKETS = ("websocket-browsers", "info", "Browsers cannot send the token in a handshake")
    REFUSALS_ON_WEBSOCKETS = ("websocket-refusals", "warning", "WebSocket APIs make no 401 of a Deny")
    # sender_constraint.py
    NO_URL_FOR_PROOFS = ("dpop-without-public-url", "warning", "DPoP proofs cannot be compared with an address")
    NONCES_UNTOLD = ("dpop-nonces-untold", "error", "A refusal cannot carry the nonce that it asks for")
    REPLAY = ("dpop-replay", "info", "Replayed proofs are noticed where they were seen, and not elsewhere")
    NO_REPLAY_PROTECTION = ("dpop-replay-off", "warning", "A proof can be used again while it is fresh")
    DEFAULT_ENDPOINT = ("certificate-default-endpoint", "info", "Client certificates come by a custom domain only")
    # step_up.py
    STEP_UP_UNTOLD = ("challenge-step-up", "warning", "Clients are not told that the user has to log in again")
    # limits.py
    ANSWER_SIZE = ("limit-answer", "warning", "Little room is left for the authorizer context")
    LONG_PATHS = ("limit-request-arn", "info", "API Gateway refuses long paths")
    # verifiers.py
    NO_VERIFIER = ("verifier-missing", "warning", "Nothing says where tokens are verified")
    AUDIENCE = ("verifier-audience", "info", "No audience is required of a token")
    PLAIN_HTTP_VERIFIER = ("verifier-plain-http", "warning", "Tokens are verified over plain HTTP")
    UNREACHED = ("verifier-unreached", "warning", "A verifier before this one takes every token")
    LOOSENED = ("verifier-loosened", "info", "A check of JWTs is loosened for a server that needs it")
    # secrets.py
    LITERAL_SECRET = ("secret-in-project-file", "error", "A secret stands in the project file")
    ENVIRONMENT_SECRET = (
        "secret-in-environment",
        "warning",
        "A secret would stand in the configuration of the function",
    )
    FILE_SECRET = ("secret-in-file", "warning", "A secret would lie in the deployment package")
    # urls.py
    NO_PUBLIC_URL = ("url-public-missing", "info", "The public address of the API is not known")
    PLAIN_PUBLIC_URL = ("url-public-plain-http", "warning", "A public address is not https")
    PLAIN_INTEGRATION = ("url-integration-plain-http", "warning", "Access tokens travel in the clear to a backend")
    # resource_metadata.py
    METADATA_ABOVE_STAGE = (
        "resource-metadata-above-stage",
        "warning",
        "Clients look for the metadata where API Gateway has nothing",
    )
    METADATA_BY_CHALLENGE = (
        "resource-metadata-by-challenge",
        "info",
        "Clients find the metadata by the challenge alone",
    )
    METADATA_WITHOUT_SERVER = (
        "resource-metadata-without-server",
        "warning",
        "The metadata does not say where to get a token",
    )
    # revocation.py
    REVOCATION_IS_SLOW = ("revocation-slow", "warning", "A revoked token is good for minutes")
    REVOCATION = ("revocation-delay", "info", "How long a revoked token may still be good")
    REVOKED_JWT = ("revocation-of-jwts", "info", "A revoked JWT is good until it expires")
    EXPIRY = ("expiry-while-cached", "info", "What happens to a token that expires while its answer is cached")
    OPEN_CONNECTIONS = ("revocation-open-connections", "warning", "Open connections outlive their token")
    # deployed/, which is asked for
    DEPLOYED_ROUTE_OPEN = ("deployed-route-open", "error", "A deployed route does not ask the authorizer")
    DEPLOYED_ROUTE_CLOSED = (
        "deployed-route-closed",
        "warning",
        "A public route asks the authorizer where it is deployed",
    )
    DEPLOYED_ROUTE_MISSING = ("deployed-route-missing", "warning", "A route is not deployed")
    DEPLOYED_ROUTE_UNKNOWN = ("deployed-route-unknown", "warning", "The project does not know a deployed route")
    DEPLOYED_AUTHORIZER = ("deployed-authorizer", "error", "The deployed authorizer is set up otherwise")
    DEPLOYED_PERMISSION = ("deployed-permission", "error", "API Gateway may not invoke the authorizer")
    DEPLOYED_SETTINGS = ("deployed-settings", "error", "The deployed authorizer enforces something else")
    DEPLOYED_VERSION = ("deployed-version", "warning", "The deployed authorizer is of another version")
    DEPLOYED_CODE_UNREAD = (
        "deployed-code-unread",
        "info",
        "The package of the deployed authorizer was not looked at",
    )
    DEPLOYED_RESPONSE = (
        "deployed-gateway-response",
        "warning",
        "A gateway response is not deployed as it should be",
    )
    DEPLOYED_ENDPOINT = ("deployed-default-endpoint", "error", "The default endpoint is open beside mutual TLS")
    DEPLOYED_STAGE = ("deployed-stage-behind", "warning", "The stage does not serve the newest deployment")

    def __init__(self, code: str, severity: Severity, title: str) -> None:
        self.code = code
        self.severity = severity
        self.title = title

    def found(self, place: str, message: str, *, mend: str) -> Finding:
        """Make a finding of this rule."""
        return Finding(self.code, self.severity, place, message, mend)
