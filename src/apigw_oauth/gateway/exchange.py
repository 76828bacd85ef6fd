"""One request on its way through the gateway, and what is said about it afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from apigw_oauth.gateway.received import Received
from apigw_oauth.gateway.refusal import Decision

AuthorizerUse = Literal["none", "cached", "invoked", "not invoked"]
R = TypeVar("R", bound=Received)


class RequestRecord(NamedTuple):
    """What happened to one request. `path` is without the query, `ms` are milliseconds; nothing here is a secret.

    `decision`: allow, deny, unauthorized and error come from the authorizer, public has none, refused ended before
    it. `authorizer_ms` is None unless the function was invoked and gave an answer that can be used.
    """

    method: str
    path: str
    status: int
    route: str | None
    authorizer: AuthorizerUse
    decision: Decision
    reason: str
    ms: int
    authorizer_ms: int | None
    request_id: str


@dataclass(slots=True)
class Exchange(Generic[R]):
    """What is known of a request so far. `authorizer_context` is None unless the authorizer returned a policy."""

    request: R
    route: str | None = None
    authorizer: AuthorizerUse = "none"
    decision: Decision = "refused"
    reason: str = ""
    authorizer_ms: int | None = None
    principal_id: str = ""
    authorizer_context: Mapping[str, Any] | None = field(default=None)

    def event_authorizer(self) -> dict[str, dict[str, object]]:
        """Return `authorizer` as a member of `requestContext` of the Lambda proxy event, if there is one."""
        if self.authorizer_context is None:
            return {}
        latency = self.authorizer_ms or 0
        known = {"principalId": self.principal_id, "integrationLatency": latency, **self.authorizer_context}
        return {"authorizer": known}

    def value(self, reference: str) -> str | None:
        """Return what a mapping refers to, `context.authorizer.…` included, or None."""
        if not reference.startswith("context.authorizer."):
            return self.request.value(reference)
        found = self.event_authorizer().get("authorizer", {}).get(reference.removeprefix("context.authorizer."))
        return None if found is None else str(found)

    def record(self, status: int, milliseconds: int) -> RequestRecord:
        """Return the summary of a finished request."""
        request = self.request
        return RequestRecord(  # positional: names for ten values take as long as the rest
            request.verb,
            request.target.stage_path,
            status,
            self.route,
            self.authorizer,
            self.decision,
            self.reason,
            milliseconds,
            self.authorizer_ms,
            request.ids.request_id,
        )
