"""The process of the local gateway, with the authorizer and the functions behind the routes in it."""

import asyncio
import os
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.cli.local_stack import local_api
from apigw_oauth.cli.local_stack.event_stream import EventStream, listen, read_settings
from apigw_oauth.cli.local_stack.local_verifier import environment
from apigw_oauth.cli.local_stack.request_line import request_line
from apigw_oauth.gateway.server import create_app, run
from apigw_oauth.gateway.tls import Tls
from apigw_oauth.project import load_project

if TYPE_CHECKING:
    from apigw_oauth.gateway.api import RestApi
    from apigw_oauth.gateway.exchange import RequestRecord
    from apigw_oauth.gateway.http_api.api import HttpApi
    from apigw_oauth.gateway.websocket_api.api import WebSocketApi

_MOMENT = 0.02  # seconds that requests are collected for


def main() -> None:
    """Serve on the listening socket that the command handed over, until told to end."""
    events = EventStream()
    document = read_settings()
    listen()
    if document["local"] is not None:
        os.environ.update(environment(document["local"]))
    with ExitStack() as at_end:
        try:
            api = _define(document, events, at_end)
        except (SettingsError, ValueError) as error:  # ApiDefinitionError is a ValueError
            named = str(error).startswith((document["project"], "--zip "))
            events.send("failed", message=str(error) if named else f"{document['project']}: {error}")
            raise SystemExit(2) from None
        _serve(api, document, events)


def _define(
    document: Mapping[str, Any], events: EventStream, at_end: ExitStack
) -> "RestApi | HttpApi | WebSocketApi":
    """Define the API; what the authorizer runs in ends with `at_end`. Raises SettingsError, ApiDefinitionError."""
    project = load_project(document["project"])
    told = {
        "local": document["local"],
        "log": lambda line: events.send("log", line=line),
        "gateway_url": document["gateway_url"],
    }
    authorizer = None
    if document["zip"] is not None:
        from apigw_oauth.cli.local_stack.zip_authorizer import zip_authorizer

        authorizer = at_end.enter_context(zip_authorizer(document["zip"], project, **told))
    return local_api.define(project, authorizer=authorizer, **told)


def _serve(api: "RestApi | HttpApi | WebSocketApi", document: Mapping[str, Any], events: EventStream) -> None:
    def notice(text: str) -> None:
        events.send("notice", text=text)

    requests = RequestEvents(events)
    gateway = local_api.gateway_of(api, on_request=requests.tell, on_notice=notice)
    run(
        create_app(gateway),
        socket.socket(fileno=document["socket"]),
        on_ready=lambda: events.send("ready"),
        tls=None if document["tls"] is None else Tls(**document["tls"]).context(on_refused=notice),
    )
    requests.flush()


class RequestEvents:
    """Tells the command of requests, of several at once when many come: a write for each took 30 µs."""

    def __init__(self, events: EventStream) -> None:
        self._events = events
        self._flush_is_due = False

    def tell(self, record: "RequestRecord") -> None:
        """Tell of a request, within a few milliseconds."""
        self._events.keep(request_line(record))
        if not self._flush_is_due:
            self._flush_is_due = True
            asyncio.get_running_loop().call_later(_MOMENT, self.flush)

    def flush(self) -> None:
        """Tell of all requests that there were."""
        self._flush_is_due = False
        self._events.flush()


if __name__ == "__main__":
    main()
