"""The events that API Gateway sends to an authorizer: one file per payload."""

from collections.abc import Mapping
from typing import Any, Protocol

from apigw_oauth.authorizer.errors import UnknownEventError
from apigw_oauth.authorizer.events.http_1_0 import Http10
from apigw_oauth.authorizer.events.http_2_0 import Http20
from apigw_oauth.authorizer.events.rest_request import RestRequest
from apigw_oauth.authorizer.events.rest_token import RestToken
from apigw_oauth.authorizer.events.websocket_connect import WebSocketConnect
from apigw_oauth.authorizer.request import Request


class EventFormat(Protocol):
    """One payload of API Gateway, and how it is answered."""

    @property
    def name(self) -> str:
        """As `event` in authorizer.json has it."""
        ...

    @property
    def title(self) -> str:
        """For people."""
        ...

    @property
    def chosen_by(self) -> str:
        """What to write in the project file, so that this format is expected."""
        ...

    @property
    def says_401(self) -> bool:
        """Whether API Gateway answers 401 where the function fails with the message `Unauthorized`."""
        ...

    @property
    def simple_response(self) -> bool:
        """Whether the answer is `isAuthorized`, not a policy."""
        ...

    def recognizes(self, event: Mapping[str, Any]) -> bool:
        """Say whether the event is of this format."""
        ...

    def parse(self, event: Mapping[str, Any]) -> Request:
        """Read the event. Raises UnknownEventError if something in it is not as API Gateway sends it."""
        ...


FORMATS: tuple[EventFormat, ...] = (
    RestToken(),
    RestRequest(),
    Http10(),
    Http20(simple_response=False),
    Http20(simple_response=True),
    WebSocketConnect(),
)
_BY_NAME: Mapping[str, EventFormat] = {known.name: known for known in FORMATS}


def named(name: str) -> EventFormat:
    """Return the format that settings name; `settings.load` knows no other names."""
    return _BY_NAME[name]


def recognize(event: object, *, expected: str) -> EventFormat:
    """Return the format of an event, which must be the one that the settings name.

    The expectation is part of the safety of cached answers: an answer written for a cache key that holds the
    route must not be given to an authorizer whose key holds only the token. Raises UnknownEventError.
    """
    wanted = _BY_NAME[expected]
    if not isinstance(event, dict):
        raise UnknownEventError("the event is not a JSON object")
    if wanted.recognizes(event):
        return wanted
    for known in FORMATS:
        if known.recognizes(event):
            raise UnknownEventError(
                f"the settings are for {wanted.title}, this is {known.title}: attach the function to an authorizer"
                f" that sends the former, or write {known.chosen_by} in the project file and package it anew"
            )
    raise UnknownEventError(f"this is not an event of a Lambda authorizer; the settings are for {wanted.title}")
