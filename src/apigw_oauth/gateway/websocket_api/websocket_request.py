"""A handshake or a message as API Gateway sees it."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, Self
from urllib.parse import unquote_plus

from apigw_oauth.gateway.client_certificate import ClientCertificate, identity_member
from apigw_oauth.gateway.handed_on import HandedOn
from apigw_oauth.gateway.http_messages import GatewayRequest, HeaderList
from apigw_oauth.gateway.identifiers import RequestIds, request_ids
from apigw_oauth.gateway.request_parts import MultiMap, collect
from apigw_oauth.gateway.request_target import RequestTarget
from apigw_oauth.gateway.websocket_api.api import CONNECT, WebSocketApi

EventType = Literal["CONNECT", "MESSAGE", "DISCONNECT"]
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def websocket_ids(random_bytes: Callable[[int], bytes], now: float) -> RequestIds:
    """Return fresh identifiers. In WebSocket APIs requestId is no UUID: it is extendedRequestId (recorded)."""
    ids = request_ids(random_bytes, now)
    return RequestIds(ids.extended_request_id, ids.extended_request_id, ids.trace_id)


def short_id(random_bytes: Callable[[int], bytes]) -> str:
    """Return an identifier such as connections and messages have: sixteen characters that fit into a path."""
    return base64.urlsafe_b64encode(random_bytes(11)).decode()


@dataclass(frozen=True, slots=True)
class WebSocketRequest:
    """What events, identity sources and records are made of. `verb` is the event type.

    Target, headers, source and certificate are those of the handshake, also of a message. `time` and
    `connected_at` are in seconds since the epoch.
    """

    api: WebSocketApi
    verb: EventType
    target: RequestTarget
    headers: HeaderList
    source_ip: str
    domain_name: str
    connection_id: str
    connected_at: float
    ids: RequestIds
    time: float
    client_certificate: ClientCertificate | None = None

    @classmethod
    def handshake(
        cls, api: WebSocketApi, wire: GatewayRequest, *, connection_id: str, ids: RequestIds, time: float
    ) -> Self:
        """Take a handshake as it came over the wire."""
        headers = HandedOn.of(wire).all(ids.trace_id)
        return cls(
            api=api,
            verb="CONNECT",
            target=RequestTarget.parse(wire.target, api.stage),
            headers=headers,
            source_ip=wire.source_ip,
            # With the port, unlike on AWS: http://{domainName}/{stage} is where the management API is.
            domain_name=next((value for name, value in headers if name == "Host"), ""),
            connection_id=connection_id,
            connected_at=time,
            ids=ids,
            time=time,
            client_certificate=wire.client_certificate,
        )

    def followed_by(self, verb: EventType, *, ids: RequestIds, time: float) -> Self:
        """Return the request of a later event on the same connection."""
        return replace(self, verb=verb, ids=ids, time=time)

    def header(self, name: str) -> list[str]:
        """Return all values of a header, whatever its casing."""
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]

    def last_header(self, name: str) -> str | None:
        """Return the last value of a header, whatever its casing."""
        values = self.header(name)
        return values[-1] if values else None

    def query_values(self) -> MultiMap:
        """Return the query parameters, decoded."""
        pairs = (part.partition("=") for part in self.target.query.split("&") if part)
        return collect((unquote_plus(name), unquote_plus(value)) for name, _, value in pairs)

    @property
    def arn(self) -> str:
        """Return the ARN that the authorizer is told and that its policy is compared with."""
        return self.api.arn(CONNECT)

    def request_context(self, route_key: str) -> dict[str, Any]:
        """Return the members of `requestContext` that all events of a connection have, without `authorizer`."""
        moment = datetime.fromtimestamp(self.time, UTC)
        identity = {"userAgent": self.last_header("User-Agent"), "sourceIp": self.source_ip}
        return {
            "routeKey": route_key,
            "eventType": self.verb,
            "extendedRequestId": self.ids.extended_request_id,
            "requestTime": f"{moment.day:02d}/{_MONTHS[moment.month - 1]}/{moment:%Y:%H:%M:%S} +0000",
            "messageDirection": "IN",
            "stage": self.api.stage,
            "connectedAt": int(self.connected_at * 1000),
            "requestTimeEpoch": int(self.time * 1000),
            "identity": {name: value for name, value in identity.items() if value is not None}
            | identity_member(self.client_certificate),
            "requestId": self.ids.request_id,
            "domainName": self.domain_name,
            "connectionId": self.connection_id,
            "apiId": self.api.api_id,
        }

    def value(self, reference: str) -> str | None:
        """Return what `route.request.…`, `stageVariables.…` or `context.…` refers to.

        Of a repeated header or query parameter it is the last value.
        """
        if reference.startswith("stageVariables."):
            return self.api.stage_variables.get(reference[15:])
        if reference.startswith("context."):
            return self._context(reference[8:])
        place, _, name = reference.removeprefix("route.request.").partition(".")
        if place == "header":
            return self.last_header(name)
        values = self.query_values().get(name)
        return values[-1] if values else None

    def _context(self, name: str) -> str | None:
        if name.startswith("identity.clientCert"):
            return self.client_certificate.context(name) if self.client_certificate is not None else None
        values = self.request_context(CONNECT)
        value = values["identity"].get(name[9:]) if name.startswith("identity.") else values.get(name)
        return None if value is None else str(value)
