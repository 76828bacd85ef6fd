"""A request to a REST API, as API Gateway sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Self

from apigw_oauth.gateway.api import RestApi
from apigw_oauth.gateway.client_certificate import ClientCertificate, identity_member
from apigw_oauth.gateway.handed_on import HandedOn
from apigw_oauth.gateway.http_messages import GatewayRequest, HeaderList
from apigw_oauth.gateway.identifiers import RequestIds
from apigw_oauth.gateway.request_parts import MultiMap, decoded_query, request_time
from apigw_oauth.gateway.request_target import RequestTarget, may_be_remembered
from apigw_oauth.gateway.router import Match

_NO_PARAMETERS: Mapping[str, str] = MappingProxyType({})


@dataclass(slots=True)  # whose members are read in a tenth of the time that those of a NamedTuple take
class RestRequest:
    """What events, identity sources, mappings and integrations are made of.

    `time` is in seconds since the epoch; `arn` is what the authorizer is told, and its policy compared with. The
    resource is empty until the request is routed.
    """

    api: RestApi
    verb: str
    target: RequestTarget
    arn: str
    handed_on: HandedOn
    body: bytes
    source_ip: str
    protocol: str
    ids: RequestIds
    time: float
    client_certificate: ClientCertificate | None
    resource_path: str
    resource_id: str
    path_parameters: Mapping[str, str]

    @classmethod
    def receive(cls, api: RestApi, request: GatewayRequest, ids: RequestIds, time: float) -> Self:
        """Take a request as it came over the wire."""
        target = _target(request.target, api.stage)
        # Positional: names for fourteen values take as long as the rest.
        return cls(
            api,
            request.method,
            target,
            api.arn(request.method, target.path),
            request.handed_on or HandedOn.of(request),
            request.body,
            request.source_ip,
            request.protocol,
            ids,
            time,
            request.client_certificate,
            "",
            "",
            _NO_PARAMETERS,
        )

    def route_to(self, match: Match) -> None:
        """Tell the request which resource serves it."""
        self.resource_path = match.method.resource_path
        self.resource_id = match.resource_id
        self.path_parameters = match.path_parameters

    @property
    def headers(self) -> HeaderList:
        """Return the headers that API Gateway hands on, its own included."""
        return self.handed_on.all(self.ids.trace_id)

    def header(self, name: str) -> list[str]:
        """Return all values of a header, whatever its casing."""
        return self.handed_on.values(name, self.ids.trace_id)

    def last_header(self, name: str) -> str | None:
        """Return the last value of a header, whatever its casing."""
        values = self.handed_on.values(name, self.ids.trace_id)
        return values[-1] if values else None

    def query_values(self) -> MultiMap:
        """Return the query parameters, decoded."""
        return decoded_query(self.target.query)

    def request_context(self) -> dict[str, Any]:
        """Return `requestContext` of the REST events, without `authorizer`. As recorded on AWS."""
        api, handed_on = self.api, self.handed_on
        return {
            "resourceId": self.resource_id,
            "resourcePath": self.resource_path,
            "httpMethod": self.verb,
            "extendedRequestId": self.ids.extended_request_id,
            "requestTime": request_time(self.time),
            "path": self.target.stage_path,
            "accountId": api.account_id,
            "protocol": self.protocol,
            "stage": api.stage,
            "domainPrefix": handed_on.domain_prefix,
            "requestTimeEpoch": int(self.time * 1000),
            "requestId": self.ids.request_id,
            "identity": {
                **_NOBODY,
                "sourceIp": self.source_ip,
                "userAgent": handed_on.user_agent,
                **identity_member(self.client_certificate),
            },
            "domainName": handed_on.domain_name,
            "deploymentId": api.deployment_id,
            "apiId": api.api_id,
        }

    def context(self, name: str) -> str | None:
        """Return a variable of `$context` (without `authorizer` and `error`) as text."""
        # These two are part of what the cache is keyed by, as a rule: 5 µs less for each.
        if name == "resourceId":
            return self.resource_id
        if name == "httpMethod":
            return self.verb
        if name.startswith("identity.clientCert"):
            return self.client_certificate.context(name) if self.client_certificate is not None else None
        values = self.request_context()
        value = values["identity"].get(name[9:]) if name.startswith("identity.") else values.get(name)
        return value if value is None or isinstance(value, str) else str(value)

    def value(self, reference: str) -> str | None:
        """Return what `method.request.…`, `stageVariables.…` or `context.…` refers to.

        Of a repeated header or query parameter it is the last value.
        """
        place, name = _place(reference)
        if place == "header":
            return self.last_header(name)
        if place == "context":
            return self.context(name)
        if place == "stageVariables":
            return self.api.stage_variables.get(name)
        if place == "path":
            return self.path_parameters.get(name)
        values = self.query_values().get(name)
        return values[-1] if values else None


@lru_cache(maxsize=1_000)
def _place(reference: str) -> tuple[str, str]:
    """Return where a reference looks, and for what: references stand in the definition of the API."""
    for place in ("stageVariables", "context"):
        if reference.startswith(f"{place}."):
            return place, reference.removeprefix(f"{place}.")
    place, _, name = reference.removeprefix("method.request.").partition(".")
    return {"header": "header", "multivalueheader": "header", "path": "path"}.get(place, "querystring"), name


def _target(target: str, stage: str) -> RequestTarget:
    return _seen_before(target, stage) if may_be_remembered(target) else RequestTarget.parse(target, stage)


# Most requests are to a few paths: 0.3 µs instead of 2.3.
_seen_before = lru_cache(maxsize=1_000)(RequestTarget.parse)

_NOBODY: dict[str, object] = dict.fromkeys((
    "cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller", "sourceIp", "principalOrgId", "accessKey",
    "cognitoAuthenticationType", "cognitoAuthenticationProvider", "userArn", "userAgent", "user",
))  # fmt: skip
