"""The one service of the server: its credentials, clients, tokens, codes and keys, wired from settings."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from apigw_oauth.authserver.clients import ClientCredentials, Clients, enrol, new_numeric_id
from apigw_oauth.authserver.codes import Codes
from apigw_oauth.authserver.logins import Logins
from apigw_oauth.authserver.secret_hashes import GeneratedSecret, new_token
from apigw_oauth.authserver.settings import AuthserverSettings, SettingsError
from apigw_oauth.authserver.signing_keys import SigningKey, load_signing_key
from apigw_oauth.authserver.store import Store, open_store
from apigw_oauth.authserver.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Credentials:
    """What others need to talk to the server, in plain text: to be shown once, when the server starts."""

    service_api_key: str
    service_api_secret: str = field(repr=False)
    service_access_token: str = field(repr=False)
    clients: tuple[ClientCredentials, ...]

    @property
    def service_id(self) -> str:
        """The name of the API key in version 3 of Authlete's API."""
        return self.service_api_key


@dataclass(frozen=True, slots=True)
class Service:
    """What the endpoints share. `clock` gives seconds since the epoch, `random` so many octets."""

    settings: AuthserverSettings
    api_key: str
    api_secret: GeneratedSecret
    access_token: GeneratedSecret
    clients: Clients
    tokens: Tokens
    codes: Codes
    logins: Logins
    signing_key: SigningKey
    store: Store
    clock: Callable[[], float]
    random: Callable[[int], bytes]

    def now(self) -> int:
        """Tell the time in milliseconds since the epoch."""
        return int(self.clock() * 1000)


def start_service(
    settings: AuthserverSettings, *, clock: Callable[[], float], random: Callable[[int], bytes]
) -> tuple[Service, Credentials]:
    """Open the store and make up what is not configured. Raises SettingsError."""
    store = open_store(settings.store)
    try:
        api_key = settings.api_key or store.fact("api_key") or str(new_numeric_id(random))
        store.remember("api_key", api_key)
        # These two are compared for each API call and never written down: no argon2, even if a person chose them.
        api_secret = settings.api_secret or new_token(random)
        access_token = settings.service_access_token or new_token(random)
        return _wire(settings, store, Credentials(api_key, api_secret, access_token, ()), clock, random)
    except BaseException:
        store.close()
        raise


def change_service(
    service: Service, credentials: Credentials, settings: AuthserverSettings
) -> tuple[Service, Credentials]:
    """Return the service with the scopes, clients and users of other settings. Raises SettingsError.

    Its credentials, those of clients that it knows, its tokens, codes and keys stay as they are.
    """
    return _wire(settings, service.store, credentials, service.clock, service.random)


def _wire(
    settings: AuthserverSettings,
    store: Store,
    known: Credentials,
    clock: Callable[[], float],
    random: Callable[[int], bytes],
) -> tuple[Service, Credentials]:
    secrets = {client.alias or client.client_id: client.client_secret for client in known.clients}
    enrolled = [
        enrol(client, store, random, known_secret=secrets.get(client.client_id)) for client in settings.clients
    ]
    _require_distinct_ids([client.id for client, _ in enrolled])
    api_secret = GeneratedSecret.of(known.service_api_secret)
    service = Service(
        settings=settings,
        api_key=known.service_api_key,
        api_secret=api_secret,
        access_token=GeneratedSecret.of(known.service_access_token),
        clients=Clients(client for client, _ in enrolled),
        tokens=Tokens(store),
        codes=Codes(store, random=random, remembered_for=settings.access_token_duration),
        logins=Logins(settings.users, api_key=known.service_api_key, api_secret=api_secret),
        signing_key=load_signing_key(store),
        store=store,
        clock=clock,
        random=random,
    )
    return service, replace(known, clients=tuple(credentials for _, credentials in enrolled))


def _require_distinct_ids(ids: list[int]) -> None:
    if len(set(ids)) != len(ids):
        raise SettingsError(
            "clients", "a numeric client_id is the one that another client's alias has in the store"
        )
