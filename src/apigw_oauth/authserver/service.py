"""The one service of the server: its credentials, clients, tokens, codes and keys, wired from settings."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from apigw_oauth.authserver.clients import ClientCredentials, Clients, enrol, new_numeric_id
from apigw_oauth.authserver.codes import Codes
from apigw_oauth.authserver.dpop_nonces import DpopNonces
from apigw_oauth.authserver.logins import Logins
from apigw_oauth.authserver.refresh_tokens import RefreshTokens
from apigw_oauth.authserver.secret_hashes import GeneratedSecret, new_token
from apigw_oauth.authserver.settings import AuthserverSettings
from apigw_oauth.authserver.settings_reading import SettingsError, require
from apigw_oauth.authserver.signing_keys import SigningKeys
from apigw_oauth.authserver.single_use import SingleUse
from apigw_oauth.authserver.store import Store, open_store
from apigw_oauth.authserver.tokens import Tokens

_REMEMBERED_AFTER_EXPIRY = 86400  # seconds in which a token can still be reported as expired


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
    refresh_tokens: RefreshTokens
    single_use: SingleUse
    dpop_nonces: DpopNonces
    signing_keys: SigningKeys
    store: Store
    clock: Callable[[], float]
    random: Callable[[int], bytes]

    def now(self) -> int:
        """Tell the time in milliseconds since the epoch."""
        return int(self.clock() * 1000)

    def revoke_made_from(self, code_hash: bytes) -> int:
        """Revoke every token that goes back to an authorization code; tell how many access tokens there were."""
        with self.store.transaction():
            self.refresh_tokens.remove_made_from(code_hash)
            return self.tokens.remove_made_from(code_hash)


def start_service(
    settings: AuthserverSettings, *, clock: Callable[[], float], random: Callable[[int], bytes]
) -> tuple[Service, Credentials]:
    """Open the store and make up what is not configured. Raises SettingsError."""
    store = open_store(settings.store)
    try:
        if settings.api_key is not None:
            store.remember("api_key", settings.api_key)
        api_key = store.settle("api_key", lambda: str(new_numeric_id(random)))
        Tokens(store).remove_expired_before(int((clock() - _REMEMBERED_AFTER_EXPIRY) * 1000))
        # These two are compared for each API call and never written down: no argon2, even if a person chose them.
        api_secret = settings.api_secret or new_token(random)
        access_token = settings.service_access_token or new_token(random)
        return _wire(settings, store, Credentials(api_key, api_secret, access_token, ()), clock, random)
    except sqlite3.Error as error:
        store.close()
        raise SettingsError("store", f"cannot be used: {error}") from None
    except BaseException:
        store.close()
        raise


def change_service(
    service: Service, credentials: Credentials, settings: AuthserverSettings
) -> tuple[Service, Credentials]:
    """Return the service with the scopes, clients and users of other settings.

    Its credentials, secrets that were made up for its clients, its tokens, codes and keys stay as they are. Raises
    SettingsError, also for an address, a store or a credential that is not the one it runs with.
    """
    fixed = {
        "base_url": service.settings.base_url,
        "store": service.settings.store,
        "api_key": credentials.service_api_key,
        "api_secret": credentials.service_api_secret,
        "service_access_token": credentials.service_access_token,
    }
    for name, value in fixed.items():
        same = getattr(settings, name) in {None, value}
        require(same, name, "cannot change while the server runs; stop it and start it again")
    made_up = {client.client_id for client in service.settings.clients if client.client_secret is None}
    kept = tuple(client for client in credentials.clients if (client.alias or client.client_id) in made_up)
    return _wire(settings, service.store, replace(credentials, clients=kept), service.clock, service.random)


def _wire(
    settings: AuthserverSettings,
    store: Store,
    known: Credentials,
    clock: Callable[[], float],
    random: Callable[[int], bytes],
) -> tuple[Service, Credentials]:
    clients, clients_credentials = _enrolled(settings, store, known, random)
    api_secret = GeneratedSecret.of(known.service_api_secret)
    service = Service(
        settings=settings,
        api_key=known.service_api_key,
        api_secret=api_secret,
        access_token=GeneratedSecret.of(known.service_access_token),
        clients=clients,
        tokens=Tokens(store),
        codes=Codes(
            store,
            random=random,
            remembered_for=max(settings.access_token_duration, settings.refresh_token_duration),
        ),
        logins=Logins(settings.users, api_key=known.service_api_key, api_secret=api_secret),
        refresh_tokens=RefreshTokens(store, random=random),
        single_use=SingleUse(store),
        dpop_nonces=DpopNonces(store, clock=clock, random=random, duration=settings.dpop_nonce_duration),
        signing_keys=SigningKeys(
            store, algorithm=settings.signing_algorithm, further=(settings.introspection_signing_algorithm,)
        ),
        store=store,
        clock=clock,
        random=random,
    )
    return service, replace(known, clients=clients_credentials)


def _enrolled(
    settings: AuthserverSettings, store: Store, known: Credentials, random: Callable[[int], bytes]
) -> tuple[Clients, tuple[ClientCredentials, ...]]:
    secrets = {client.alias or client.client_id: client.client_secret for client in known.clients}
    enrolled = [
        enrol(client, store, random, known_secret=secrets.get(client.client_id)) for client in settings.clients
    ]
    distinct = len({client.id for client, _ in enrolled}) == len(enrolled)
    require(distinct, "clients", "a numeric client_id is the one that another client's alias has in the store")
    return Clients(client for client, _ in enrolled), tuple(credentials for _, credentials in enrolled)
