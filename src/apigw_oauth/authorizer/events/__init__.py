"""The events that API Gateway sends to an authorizer: one file per payload."""

from collections.abc import Mapping
from typing import Any, Protocol

from apigw_oauth.authorizer.errors import UnknownEventError
from apigw_oauth.authorizer.events.rest_request import RestRequest
from apigw_oauth.authorizer.events.rest_token import RestToken
from apigw_oauth.authorizer.request import Request


class EventFormat(Protocol):
    """One payload of API Gateway."""

    name: str
    """As `[authorizer] event` in the project file has it."""

    def recognizes(self, event: Mapping[str, Any]) -> bool:
        """Say whether the event is of this format."""
        ...

    def parse(self, event: Mapping[str, Any]) -> Request:
        """Read the event. Raises UnknownEventError if something in it is not as API Gateway sends it."""
        ...


FORMATS: tuple[EventFormat, ...] = (RestToken(), RestRequest())


def recognize(event: object, *, expected: str) -> EventFormat:
    """Return the format of an event, which must be the expected one.

    The expectation is part of the safety of cached answers: an answer written for a cache key that holds the
    route must not be given to an authorizer whose key holds only the token. Raises UnknownEventError.
    """
    if not isinstance(event, dict):
        raise UnknownEventError("the event is not a JSON object")
    for event_format in FORMATS:
        if event_format.recognizes(event):
            if event_format.name != expected:
                raise UnknownEventError(
                    f"the settings are for {expected.upper()} events, this is a {event_format.name.upper()} event:"
                    " give the authorizer in API Gateway and [authorizer] event the same type"
                )
            return event_format
    raise UnknownEventError(
        "this is not the event of a REST API's Lambda authorizer (HTTP and WebSocket APIs are not supported yet)"
    )
