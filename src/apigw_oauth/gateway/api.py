"""The definition of a REST API: its methods, its authorizer, its gateway responses."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from apigw_oauth.gateway.gateway_response_types import RESPONSE_TYPES, check_mapping
from apigw_oauth.gateway.http_messages import HeaderList, sendable
from apigw_oauth.gateway.identifiers import identifier
from apigw_oauth.gateway.lambda_runtime import Function
from apigw_oauth.gateway.request_values import check_identity_source
from apigw_oauth.gateway.resource_path import ResourcePath, ResourcePathError

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
LONGEST_TTL = 3600
STAGE_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+( *;[ -~]*)?")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class ApiDefinitionError(ValueError):
    """The API is defined in a way that API Gateway would refuse, or that makes no sense."""


@dataclass(frozen=True, slots=True)
class LambdaProxy:
    """Lambda proxy integration: the function gets the request as an event, and its answer is the response."""

    function: Function


@dataclass(frozen=True, slots=True)
class HttpProxy:
    """HTTP proxy integration: the request goes on to `url`; `{name}` in it is a path parameter."""

    url: str

    def __post_init__(self) -> None:
        problem = ApiDefinitionError(f"integration URL {self.url!r} is not http://host/… or https://host/…")
        try:
            parts = urlsplit(self.url)
            host = parts.hostname if parts.port != 0 else None
        except ValueError as error:
            raise problem from error
        visible = self.url.isascii() and self.url.isprintable() and " " not in self.url
        if parts.scheme not in {"http", "https"} or not host or _PLACEHOLDER.search(parts.netloc) or not visible:
            raise problem

    @property
    def origin(self) -> str:
        """Return scheme, host and port."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Return the names of the path parameters in the URL."""
        return tuple(name.removesuffix("+") for name in _PLACEHOLDER.findall(self.url))

    def target_for(self, path_parameters: Mapping[str, str], query: str) -> str:
        """Return path and query for a request, with the path parameters as the client encoded them."""

        def fill(template: str) -> str:
            return _PLACEHOLDER.sub(lambda found: path_parameters[found[1].removesuffix("+")], template)

        # Taken apart before it is filled: a value must not move the borders between the parts.
        parts = urlsplit(self.url)
        queries = "&".join(filter(None, (fill(parts.query), query)))
        return (fill(parts.path) or "/") + (f"?{queries}" if queries else "")


@dataclass(frozen=True, slots=True)
class Mock:
    """Mock integration: API Gateway itself answers, with `headers` beside the content type."""

    body: str
    status: int = 200
    content_type: str = "application/json"
    headers: HeaderList = ()

    def __post_init__(self) -> None:
        if not 200 <= self.status <= 599:
            raise ApiDefinitionError(f"mock integration: status {self.status} is not between 200 and 599")
        for name, value in self.headers:
            if not sendable(name, value):
                raise ApiDefinitionError(f"mock integration: the header {name!r} cannot be sent")


Integration = LambdaProxy | HttpProxy | Mock


def check_placeholders(integration: Integration, variables: tuple[str, ...], route: str) -> None:
    """Raise ApiDefinitionError for an integration URL that names what is not a path variable of the route."""
    if not isinstance(integration, HttpProxy):
        return
    for name in integration.placeholders:
        if name not in variables:
            raise ApiDefinitionError(f"{route}: {{{name}}} of the integration URL is not in the path")


@dataclass(frozen=True, slots=True)
class Method:
    """One verb (or `ANY`) on one resource. `authorized`: the API's Lambda authorizer is attached to it."""

    http_method: str
    resource_path: str
    authorized: bool
    integration: Integration

    def __post_init__(self) -> None:
        if self.http_method not in {*VERBS, "ANY"}:
            raise ApiDefinitionError(f"{self.http_method!r} is not an HTTP method of API Gateway")
        try:
            path = ResourcePath.parse(self.resource_path)
        except ResourcePathError as error:
            raise ApiDefinitionError(str(error)) from error
        check_placeholders(self.integration, path.variables, f"{self.http_method} {self.resource_path}")


@dataclass(frozen=True, slots=True)
class Authorizer:
    """A Lambda authorizer. `ttl` is in seconds; 0 switches its cache off.

    `identity_validation` is matched against the whole value of a TOKEN authorizer's header. AWS uses Java's
    regular expressions and this gateway Python's; an expression that needs very long on some input is not stopped.
    """

    type: Literal["TOKEN", "REQUEST"]
    identity_sources: tuple[str, ...]
    identity_validation: str | None
    ttl: int
    function: Function

    def __post_init__(self) -> None:
        if self.type not in {"TOKEN", "REQUEST"}:
            raise ApiDefinitionError(f"authorizer type {self.type!r} is neither TOKEN nor REQUEST")
        if not 0 <= self.ttl <= LONGEST_TTL:
            raise ApiDefinitionError(f"authorizer TTL {self.ttl} is not between 0 and {LONGEST_TTL} seconds")
        self._check_identity_sources()
        self._check_identity_validation()

    def _check_identity_sources(self) -> None:
        for source in self.identity_sources:
            if problem := check_identity_source(source):
                raise ApiDefinitionError(f"identity source {source!r}: {problem}")
        if self.type == "TOKEN":
            one_header = len(self.identity_sources) == 1
            if not one_header or not self.identity_sources[0].startswith("method.request.header."):
                raise ApiDefinitionError("a TOKEN authorizer has exactly one identity source, a request header")
        elif self.ttl and not self.identity_sources:
            raise ApiDefinitionError("a REQUEST authorizer with a TTL needs an identity source, or a TTL of 0")

    def _check_identity_validation(self) -> None:
        if self.identity_validation is None:
            return
        if self.type != "TOKEN":
            raise ApiDefinitionError("identity validation is for TOKEN authorizers only")
        try:
            re.compile(self.identity_validation)
        except re.error as error:
            raise ApiDefinitionError(f"identity validation is not a regular expression: {error}") from error


@dataclass(frozen=True, slots=True)
class GatewayResponse:
    """How one type of gateway response is customised. `status` None keeps the type's own.

    `headers` map a name to `'static text'`, `context.…`, `stageVariables.…`, or to `method.request.` with
    `header.…`, `querystring.…` or `path.…`; `templates` map a content type to a body in which `$context.…` and the
    like are replaced.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.status is not None and not 200 <= self.status <= 599:
            raise ApiDefinitionError(f"gateway response status {self.status} is not between 200 and 599")
        for name, value in self.headers.items():
            if problem := check_mapping(name, value):
                raise ApiDefinitionError(f"gateway response header {name!r}: {problem}")
        for content_type in self.templates:
            if not _MEDIA_TYPE.fullmatch(content_type):
                raise ApiDefinitionError(f"gateway response template {content_type!r}: not a content type")


@dataclass(frozen=True, slots=True)
class RestApi:
    """A deployed stage of a REST API. Raises ApiDefinitionError where API Gateway would refuse it.

    `arn_prefix` and `deployment_id` come out of the rest: every request tells them.
    """

    name: str
    stage: str
    methods: tuple[Method, ...]
    authorizer: Authorizer | None = None
    gateway_responses: Mapping[str, GatewayResponse] = field(default_factory=dict)
    stage_variables: Mapping[str, str] = field(default_factory=dict)
    api_id: str = ""
    account_id: str = "123456789012"
    region: str = "us-east-1"
    partition: str = "aws"
    arn_prefix: str = field(init=False)
    deployment_id: str = field(init=False)

    def __post_init__(self) -> None:
        if not self.api_id:
            object.__setattr__(self, "api_id", identifier(self.name, 10))
        prefix = f"arn:{self.partition}:execute-api:{self.region}:{self.account_id}:{self.api_id}/{self.stage}"
        object.__setattr__(self, "arn_prefix", prefix)
        object.__setattr__(self, "deployment_id", identifier(f"{self.api_id}/{self.stage}", 6))
        if not STAGE_NAME.fullmatch(self.stage):
            raise ApiDefinitionError(f"stage {self.stage!r} is not made of letters, digits, - and _")
        self._check_methods()
        for response_type in self.gateway_responses:
            if response_type not in RESPONSE_TYPES or not RESPONSE_TYPES[response_type].customizable:
                raise ApiDefinitionError(f"{response_type!r} is not a gateway response that can be customised")

    def _check_methods(self) -> None:
        seen: dict[tuple[str, str], str] = {}
        for method in self.methods:
            key = (method.http_method, ResourcePath.parse(method.resource_path).shape)
            route = f"{method.http_method} {method.resource_path}"
            if key in seen:
                raise ApiDefinitionError(f"{route} and {seen[key]} are one method")
            seen[key] = route
            if method.authorized and self.authorizer is None:
                raise ApiDefinitionError(f"{route} is authorized, but the API has no authorizer")

    def arn(self, verb: str, path: str) -> str:
        """Return the ARN of a request: the raw path, undecoded, without its leading slash."""
        return f"{self.arn_prefix}/{verb}/{path.removeprefix('/')}"
