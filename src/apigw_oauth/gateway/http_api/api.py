"""The definition of an HTTP API: its routes and its authorizer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from apigw_oauth.gateway.api import (
    LONGEST_TTL,
    STAGE_NAME,
    VERBS,
    ApiDefinitionError,
    Integration,
    check_placeholders,
)
from apigw_oauth.gateway.http_api.request_values import check_identity_source
from apigw_oauth.gateway.identifiers import identifier
from apigw_oauth.gateway.lambda_runtime import Function
from apigw_oauth.gateway.resource_path import ResourcePath, ResourcePathError

# The name of the stage whose base URL has no stage in its path, and of the route that takes what no other does.
DEFAULT = "$default"
# See "CorsConfiguration" in the reference of the API Gateway Version 2 API.
LONGEST_PREFLIGHT = 86400


@dataclass(frozen=True, slots=True)
class HttpRoute:
    """A route such as `GET /pets/{id}`, `ANY /files/{proxy+}` or `$default`.

    `authorized`: the API's Lambda authorizer is attached to it. A mock integration is a convenience of this
    gateway: HTTP APIs have none.
    """

    route_key: str
    authorized: bool
    integration: Integration

    def __post_init__(self) -> None:
        if self.route_key == DEFAULT:
            check_placeholders(self.integration, (), self.route_key)
            return
        if self.verb not in {*VERBS, "ANY"}:
            raise ApiDefinitionError(
                f"route key {self.route_key!r} is neither {DEFAULT} nor like GET /pets/{{id}}"
            )
        try:
            path = self.path
        except ResourcePathError as error:
            raise ApiDefinitionError(str(error)) from error
        check_placeholders(self.integration, path.variables, self.route_key)

    @property
    def verb(self) -> str:
        """Return the verb, or `ANY`; of `$default` it has no meaning."""
        return self.route_key.partition(" ")[0]

    @property
    def path(self) -> ResourcePath:
        """Return the path; `$default` has none."""
        return ResourcePath.parse(self.route_key.partition(" ")[2])

    @property
    def shape(self) -> str:
        """Return what makes it one route: variable names do not."""
        return DEFAULT if self.route_key == DEFAULT else f"{self.verb} {self.path.shape}"


@dataclass(frozen=True, slots=True)
class HttpAuthorizer:
    """A Lambda authorizer of an HTTP API. `ttl` is in seconds; 0 switches its cache off."""

    identity_sources: tuple[str, ...]
    ttl: int
    payload_format: Literal["1.0", "2.0"]
    simple_responses: bool
    function: Function

    def __post_init__(self) -> None:
        if self.payload_format not in {"1.0", "2.0"}:
            raise ApiDefinitionError(f"authorizer payload format {self.payload_format!r} is neither 1.0 nor 2.0")
        if self.simple_responses and self.payload_format != "2.0":
            raise ApiDefinitionError("simple responses need payload format 2.0")
        if not 0 <= self.ttl <= LONGEST_TTL:
            raise ApiDefinitionError(f"authorizer TTL {self.ttl} is not between 0 and {LONGEST_TTL} seconds")
        for source in self.identity_sources:
            if problem := check_identity_source(source):
                raise ApiDefinitionError(f"identity source {source!r}: {problem}")
        if self.ttl and not self.identity_sources:
            raise ApiDefinitionError("an authorizer with a TTL needs an identity source, or a TTL of 0")


@dataclass(frozen=True, slots=True)
class Cors:
    """Which scripts in browsers may call the API. The origin `*` stands for all; `max_age` is in seconds."""

    origins: tuple[str, ...]
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    max_age: int = 0

    def __post_init__(self) -> None:
        if not self.origins:
            raise ApiDefinitionError("a CORS configuration without origins allows nothing")
        if not 0 <= self.max_age <= LONGEST_PREFLIGHT:
            raise ApiDefinitionError(f"CORS: {self.max_age} is not between 0 and {LONGEST_PREFLIGHT} seconds")


@dataclass(frozen=True, slots=True)
class HttpApi:
    """A deployed stage of an HTTP API. Raises ApiDefinitionError where API Gateway would refuse it."""

    name: str
    stage: str = DEFAULT
    routes: tuple[HttpRoute, ...] = ()
    authorizer: HttpAuthorizer | None = None
    cors: Cors | None = None
    stage_variables: Mapping[str, str] = field(default_factory=dict)
    api_id: str = ""
    account_id: str = "123456789012"
    region: str = "us-east-1"
    partition: str = "aws"

    def __post_init__(self) -> None:
        if not self.api_id:
            object.__setattr__(self, "api_id", identifier(self.name, 10))
        if self.stage != DEFAULT and not STAGE_NAME.fullmatch(self.stage):
            raise ApiDefinitionError(
                f"stage {self.stage!r} is neither {DEFAULT} nor made of letters, digits, - and _"
            )
        seen: dict[str, str] = {}
        for route in self.routes:
            if route.shape in seen:
                raise ApiDefinitionError(f"{route.route_key} and {seen[route.shape]} are one route")
            seen[route.shape] = route.route_key
            if route.authorized and self.authorizer is None:
                raise ApiDefinitionError(f"{route.route_key} is authorized, but the API has no authorizer")

    def arn(self, verb: str, path: str) -> str:
        """Return the ARN of a request to this path of the stage."""
        prefix = f"arn:{self.partition}:execute-api:{self.region}:{self.account_id}:{self.api_id}"
        return f"{prefix}/{self.stage}/{verb}/{path.removeprefix('/')}"
