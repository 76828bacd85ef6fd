"""The process of the development authorization server."""

import socket
from typing import Any

from apigw_oauth.authserver.server import create_app, run
from apigw_oauth.authserver.service import Credentials
from apigw_oauth.authserver.settings import AuthserverSettings, SettingsError
from apigw_oauth.cli.local_stack.authserver_settings import place_of
from apigw_oauth.cli.local_stack.event_stream import EventStream, listen, read_settings


def main() -> None:
    """Serve on the listening socket that the command handed over, until told to end."""
    events = EventStream()
    document = read_settings()
    listening = socket.socket(fileno=document["socket"])
    try:
        app = create_app(AuthserverSettings.from_dict(document["settings"]))
    except SettingsError as error:
        events.send(
            "failed", message=f"{place_of(error.key)}: {error.reason}; the authorization server cannot start"
        )
        raise SystemExit(2) from None

    def change(further: Any) -> None:
        try:
            app.change(AuthserverSettings.from_dict(further["settings"]))
        except SettingsError as error:
            told = f"{place_of(error.key)}: {error.reason}; the authorization server does not take this"
            events.send("failed", message=told)
        else:
            events.send("ready", credentials=_plain(app.credentials))

    def ready() -> None:
        events.send("ready", credentials=_plain(app.credentials))
        listen(change)

    run(app, listening, on_ready=ready)


def _plain(credentials: Credentials) -> dict[str, Any]:
    """Return the credentials as `serve` prints them."""
    return {
        "service_api_key": credentials.service_api_key,
        "service_api_secret": credentials.service_api_secret,
        "service_id": credentials.service_id,
        "service_access_token": credentials.service_access_token,
        "clients": [
            {"client_id": one.alias or one.client_id, "client_secret": one.client_secret}
            for one in credentials.clients
        ],
    }


if __name__ == "__main__":
    main()
