"""Blueprint: everything that is deployed for a project, in API Gateway's words and in nobody's template language.

What is known only once it is deployed stands in texts as a placeholder: `{deployed.base_url}` is the address of
the stage, without a slash at its end, `{deployed.partition}`, `{deployed.region}` and `{deployed.account}` are
where it is, and `{deployed.api}` is the id of the API.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from apigw_oauth.deploy.target import Target
from apigw_oauth.project import AuthorizerDefinition
from apigw_oauth.project.cors import Cors
from apigw_oauth.project.project_file import ApiType, GatewayResponse

BASE_URL = "{deployed.base_url}"
"""The address of the deployed stage. Part of an address that a client may know."""

HANDLER = "lambda_function.handler"
"""Of the deployment package."""


class Parameter(NamedTuple):
    """What whoever deploys has to say: the value of an environment variable that a reference names."""

    name: str
    """Letters and digits, such as `AuthleteApiKey`."""
    variable: str
    """The environment variable, such as `AUTHLETE_API_KEY`."""
    secret: bool
    description: str


class Statement(NamedTuple):
    """One thing that the authorizer's role allows, beside writing its log."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]


class Function(NamedTuple):
    """The authorizer's Lambda function."""

    target: Target
    memory: int
    """MB."""
    timeout: int
    """Seconds."""
    variables: Mapping[str, str]
    """Environment variables that are known, by name; their values may have placeholders."""
    statements: tuple[Statement, ...]
    layers: tuple[str, ...]
    log_retention: int
    """Days."""


class Backend(NamedTuple):
    """A function of the project that answers routes."""

    name: str
    """Letters and digits, such as `FunctionsHello`."""
    handler: str
    """As Lambda wants it: `functions.hello`."""


class ToFunction(NamedTuple):
    """An integration: a Lambda function gets the event of the proxy integration."""

    backend: Backend


class ToHttp(NamedTuple):
    """An integration: an HTTP server gets the request; `{name}` in its URL are path variables of the route."""

    url: str


class ToNobody(NamedTuple):
    """An integration: API Gateway itself answers 200; `body` may have placeholders."""

    body: str
    content_type: str = "application/json"
    headers: Mapping[str, str] = {}


Integration = ToFunction | ToHttp | ToNobody


class Route(NamedTuple):
    """One route of the API."""

    method: str
    """`ANY` included; empty for routes without a path, such as `$default` and those of WebSocket APIs."""
    path: str
    """With its slash; the key of a route without a path."""
    authorized: bool
    """Whether the authorizer is asked; for WebSocket APIs only ever about `$connect`."""
    integration: Integration
    documented: bool = False
    """Whether the OpenAPI document has an integration for it, in the words of API Gateway's import."""

    @property
    def key(self) -> str:
        """The route key."""
        return f"{self.method} {self.path}" if self.method else self.path


class Domain(NamedTuple):
    """A domain name of the API's own."""

    name: str
    certificate: str
    """ARN, in ACM."""
    trust_store: str | None
    """s3:// address of the certificates of those who may issue client certificates; None: no mutual TLS."""


class Blueprint(NamedTuple):
    """Everything that is deployed."""

    name: str
    api_type: ApiType
    stage: str
    scope: Literal["api", "authorizer"]
    """The whole API, or the authorizer alone, to be attached to an API that is there."""
    function: Function
    parameters: tuple[Parameter, ...]
    authorizer: AuthorizerDefinition
    routes: tuple[Route, ...]
    backends: tuple[Backend, ...]
    backend_statements: tuple[Statement, ...]
    """What the role of each of these allows, beside writing its log."""
    backend_layers: tuple[str, ...]
    gateway_responses: Mapping[str, GatewayResponse]
    """Of REST APIs, by type; header values may have placeholders."""
    cors: Cors | None
    """Of HTTP APIs, where API Gateway answers preflights itself; REST APIs have routes for them."""
    domain: Domain | None
    alarm_topic: str | None
    """ARN of an SNS topic."""
    document: Mapping[str, Any] | None = None
    """The project's OpenAPI document, as it is."""

    @property
    def default_endpoint_is_closed(self) -> bool:
        """Whether the address that API Gateway gives must not be reached: it asks nobody for a certificate."""
        return self.domain is not None and self.domain.trust_store is not None
