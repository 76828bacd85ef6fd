"""Who may log in at the authorization page."""

from collections.abc import Iterable

from apigw_oauth.authserver.secret_hashes import ChosenSecret, SecretHash
from apigw_oauth.authserver.settings import UserSettings


class Logins:
    """The configured users, and the service itself with API key and API secret, as Authlete allows for tests."""

    def __init__(self, users: Iterable[UserSettings], *, api_key: str, api_secret: SecretHash) -> None:
        self._users = {user.login: (ChosenSecret.of(user.password), user.subject or user.login) for user in users}
        self._api_key = api_key
        self._api_secret = api_secret
        self._nobody = ChosenSecret.of("")

    def authenticate(self, login: str, password: str) -> str | None:
        """Return the subject of this login, None when login or password is wrong.

        An unknown login takes as long as a wrong password. Whoever logs in with the API key has it as subject;
        Authlete does not say which subject it uses.
        """
        if login == self._api_key:
            return self._api_key if self._api_secret.matches(password) else None
        password_hash, subject = self._users.get(login, (self._nobody, None))
        return subject if password_hash.matches(password) else None
