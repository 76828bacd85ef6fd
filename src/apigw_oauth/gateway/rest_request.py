"""A request as API Gateway sees it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import unquote_plus

from apigw_oauth.gateway.api import RestApi
from apigw_oauth.gateway.http_messages import GatewayRequest, HeaderList, header_values
from apigw_oauth.gateway.identifiers import RequestIds, identifier
from apigw_oauth.gateway.request_target import RequestTarget
from apigw_oauth.gateway.router import Match

# Names that API Gateway writes in its own way, whatever the client wrote. Recorded on AWS.
_TITLE_CASE = {
    name.lower(): name
    for name in ("Authorization", "Host", "User-Agent", "X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port",
                 "X-Forwarded-Proto")
}  # fmt: skip

# Request headers that no integration gets to see; recorded on AWS. The authorizer does get Content-Length.
REMOVED_HEADERS = frozenset(
    {
        "connection", "content-length", "content-md5", "expect", "max-forwards", "proxy-authenticate", "server",
        "te", "trailer", "transfer-encoding", "upgrade", "www-authenticate",
    }
)  # fmt: skip

MultiMap = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class RestRequest:
    """What events, identity sources, mappings and integrations are made of.

    `headers` are those API Gateway hands on, its own included; `time` is in seconds since the epoch. The resource
    is empty until the request is routed.
    """

    api: RestApi
    verb: str
    target: RequestTarget
    headers: HeaderList
    body: bytes
    source_ip: str
    protocol: str
    domain_name: str
    ids: RequestIds
    time: float
    resource_path: str = ""
    resource_id: str = ""
    path_parameters: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def receive(cls, api: RestApi, request: GatewayRequest, ids: RequestIds, time: float) -> Self:
        """Take a request as it came over the wire."""
        headers = gateway_headers(request, ids)
        return cls(
            api=api,
            verb=request.method,
            target=RequestTarget.parse(request.target, api.stage),
            headers=headers,
            body=request.body,
            source_ip=request.source_ip,
            protocol=request.protocol,
            domain_name=domain_name(headers),
            ids=ids,
            time=time,
        )

    def routed_to(self, match: Match) -> Self:
        """Return the request with the resource that serves it."""
        return replace(
            self,
            resource_path=match.method.resource_path,
            resource_id=match.resource_id,
            path_parameters=match.path_parameters,
        )

    def header(self, name: str) -> list[str]:
        """Return all values of a header, whatever its casing."""
        return header_values(self.headers, name)

    def last_header(self, name: str) -> str | None:
        """Return the last value of a header, whatever its casing."""
        values = self.header(name)
        return values[-1] if values else None

    def query_values(self) -> MultiMap:
        """Return the query parameters, decoded."""
        return decoded_query(self.target.query)

    @property
    def arn(self) -> str:
        """Return the ARN that the authorizer is told and that its policy is compared with."""
        return self.api.arn(self.verb, self.target.path)

    def request_context(self) -> dict[str, Any]:
        """Return `requestContext` of the REST events, without `authorizer`. As recorded on AWS."""
        return {
            "resourceId": self.resource_id,
            "resourcePath": self.resource_path,
            "httpMethod": self.verb,
            "extendedRequestId": self.ids.extended_request_id,
            "requestTime": request_time(self.time),
            "path": self.target.stage_path,
            "accountId": self.api.account_id,
            "protocol": self.protocol,
            "stage": self.api.stage,
            "domainPrefix": self.domain_name.split(".")[0],
            "requestTimeEpoch": int(self.time * 1000),
            "requestId": self.ids.request_id,
            "identity": dict.fromkeys(_IDENTITY)
            | {"sourceIp": self.source_ip, "userAgent": self.last_header("User-Agent")},
            "domainName": self.domain_name,
            "deploymentId": identifier(f"{self.api.api_id}/{self.api.stage}", 6),
            "apiId": self.api.api_id,
        }

    def context(self, name: str) -> str | None:
        """Return a variable of `$context` (without `authorizer` and `error`) as text."""
        values = self.request_context()
        value = values["identity"].get(name[9:]) if name.startswith("identity.") else values.get(name)
        return value if value is None or isinstance(value, str) else str(value)

    def value(self, reference: str) -> str | None:
        """Return what `method.request.…`, `stageVariables.…` or `context.…` refers to.

        Of a repeated header or query parameter it is the last value.
        """
        if reference.startswith("stageVariables."):
            return self.api.stage_variables.get(reference[15:])
        if reference.startswith("context."):
            return self.context(reference[8:])
        place, _, name = reference.removeprefix("method.request.").partition(".")
        if place in {"header", "multivalueheader"}:
            return self.last_header(name)
        if place == "path":
            return self.path_parameters.get(name)
        values = self.query_values().get(name)
        return values[-1] if values else None


def request_time(time: float) -> str:
    """Return a time as events have it: `17/Jun/2024:15:02:03 +0000`."""
    moment = datetime.fromtimestamp(time, UTC)
    return f"{moment.day:02d}/{_MONTHS[moment.month - 1]}/{moment:%Y:%H:%M:%S} +0000"


def domain_name(headers: HeaderList) -> str:
    """Return the host that the client asked for, without its port."""
    host = next((value for name, value in headers if name == "Host"), "")
    return host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host


def decoded_query(query: str) -> MultiMap:
    """Return the parameters of a query, decoded."""
    pairs = (part.partition("=") for part in query.split("&") if part)
    return collect((unquote_plus(name), unquote_plus(value)) for name, _, value in pairs)


def collect(pairs: Iterable[tuple[str, str]], *, ignore_case: bool = False) -> MultiMap:
    """Return all values by name; the first spelling of a name is the one kept."""
    found: MultiMap = {}
    spelling: dict[str, str] = {}
    for name, value in pairs:
        key = spelling.setdefault(name.lower() if ignore_case else name, name)
        found.setdefault(key, []).append(value)
    return found


def last_values(values: MultiMap) -> dict[str, str]:
    """Return the last value of each name: the single-value maps of the REST events."""
    return {name: several[-1] for name, several in values.items()}


def gateway_headers(request: GatewayRequest, ids: RequestIds) -> HeaderList:
    """Return the request's headers as API Gateway hands them on, with those it adds itself.

    The shape is that of a regional endpoint: nothing of CloudFront. Unlike on AWS, port and protocol are the real
    ones.
    """
    headers = [(_TITLE_CASE.get(name.lower(), name), value) for name, value in request.headers]
    forwarded = ", ".join([value for name, value in headers if name == "X-Forwarded-For"] + [request.source_ip])
    trace = next((value for name, value in headers if name == "X-Amzn-Trace-Id"), ids.trace_id)
    added = {
        "X-Amzn-Trace-Id": trace,
        "X-Forwarded-For": forwarded,
        "X-Forwarded-Port": str(request.port),
        "X-Forwarded-Proto": request.scheme,
    }
    kept = [pair for pair in headers if pair[0] not in added]
    return (*kept, *added.items())


_IDENTITY = (
    "cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller", "sourceIp", "principalOrgId", "accessKey",
    "cognitoAuthenticationType", "cognitoAuthenticationProvider", "userArn", "userAgent", "user",
)  # fmt: skip
# strftime's %b follows the locale, AWS does not.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
