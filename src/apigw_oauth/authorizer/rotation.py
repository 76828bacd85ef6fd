"""Credentials that AWS keeps: fetched at cold start, and anew once the authorization server refuses them.

A secret is rotated while functions run that have read the old one. They learn of it by the refusal, read the
secret again, and ask once more if it is another one: no request is lost, and AWS is not asked without need.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import AuthorizerError, SettingsError, VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.references import Kept, Source
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.verifier import Surroundings, TokenVerifier, prepare
from apigw_oauth.authorizer.verifiers import strict_json
from apigw_oauth.authorizer.verifiers.notes import Notes

PAUSE = 10.0
"""Seconds from one look at the secrets to the next: credentials that stay wrong are looked up no more often."""

When = Literal["start", "request", "refusal"]
"""At cold start, before there is a request; with one that waits; after the credentials were refused."""
Tables = Sequence[Mapping[str, Any]]


class Secrets(Protocol):
    """Whoever keeps secrets."""

    def read(self, source: Source, *, when: When) -> str | None:
        """Return the text that is kept; None where it cannot be had before the first request.

        After a refusal no copy will do. Raises SettingsError for a mistake of the operator,
        VerifierUnavailableError for an outage.
        """
        ...


class RotatingVerifier:
    """Asks a verifier that is made anew when a secret in its settings has changed."""

    def __init__(
        self,
        tables: Tables,
        secrets: Secrets,
        *,
        make: Callable[[Tables], TokenVerifier],
        surroundings: Surroundings,
        warn: Callable[[str], object],
        notes: Notes,
    ) -> None:
        """Set up; `start` fetches the secrets.

        `make` makes the verifier of the tables with everything resolved. `warn` takes a line for the operator.
        `notes` are those of `make`.
        """
        self._tables = tables
        self._secrets = secrets
        self._make = make
        self._surroundings = surroundings
        self._warn = warn
        self._notes = notes
        self._resolved: Tables | None = None
        self._verifier: TokenVerifier | None = None
        self._looked_at: tuple[float, float] | None = None
        self._failure: AuthorizerError | None = None

    def start(self) -> None:
        """Fetch the secrets, if they can be had already. Raises SettingsError for a mistake of the operator.

        In an outage of AWS the function starts all the same: the first request that comes after it is answered.
        """
        try:
            self._renew("start")
        except VerifierUnavailableError as error:
            self._warn(f"{error}; the first request asks again")

    def prepare(self) -> None:
        """Have the verifier prepare itself, if the secrets could be had already."""
        prepare(self._verifier)

    def recognizes(self, token: str) -> bool:
        """Say what the verifier says. Raises SettingsError, VerifierUnavailableError where there is none yet."""
        return self._current().recognizes(token)

    def verify(self, token: str, request: Request) -> AccessToken:
        """Return the facts about the token. Raises what the verifier raises, and as `recognizes`."""
        verifier = self._current()
        try:
            return verifier.verify(token, request)
        except VerifierUnavailableError as error:
            if error.reason is not Reason.CREDENTIALS_REFUSED or not self._has_rotated():
                raise
        self._notes.begin()  # of this request the log tells the second attempt
        return self._current().verify(token, request)

    def _current(self) -> TokenVerifier:
        """Return the verifier. Raises SettingsError, VerifierUnavailableError, and for a while the same again."""
        if self._verifier is None:
            if self._failure is not None and not self._may_look():
                raise type(self._failure)(str(self._failure), reason=self._failure.reason)
            self._looked_at = self._now()
            try:
                self._renew("request")
            except (SettingsError, VerifierUnavailableError) as error:
                self._failure = error
                raise
            self._looked_at = None
        if self._verifier is None:
            raise VerifierUnavailableError("the secrets cannot be had yet", reason=Reason.SECRETS_UNAVAILABLE)
        return self._verifier

    def _has_rotated(self) -> bool:
        """Look at the secrets again, and say whether there is a new verifier. Raises nothing of ours."""
        if not self._may_look():
            return False
        self._looked_at = self._now()
        try:
            changed = self._renew("refusal")
        except (SettingsError, VerifierUnavailableError) as error:
            self._warn(f"the authorization server refuses our credentials, and there are no new ones: {error}")
            return False
        if changed:
            self._warn(
                "the authorization server refused our credentials; AWS keeps other ones by now: they are used"
            )
        return changed

    def _may_look(self) -> bool:
        # Either clock will do: one may be set, the other may stand still while Lambda freezes the environment.
        return self._looked_at is None or any(
            abs(now - then) >= PAUSE for now, then in zip(self._now(), self._looked_at, strict=True)
        )

    def _now(self) -> tuple[float, float]:
        return self._surroundings.monotonic(), self._surroundings.clock()

    def _renew(self, when: When) -> bool:
        """Fetch the secrets, and make the verifier if they are others than before: say whether they are."""
        resolved = resolve(self._tables, self._secrets, when=when)
        if resolved is None or resolved == self._resolved:
            return False
        # All in one step, and with all that was learned in the name of the old ones left behind.
        self._verifier, self._resolved = self._make(resolved), resolved
        return True


def load(
    tables: Tables,
    secrets: Secrets | Mapping[str, str],
    *,
    make: Callable[[Tables], TokenVerifier],
    surroundings: Surroundings,
    warn: Callable[[str], object],
    notes: Notes,
) -> RotatingVerifier:
    """Return the verifier of tables in which AWS keeps something, and fetch that. Raises SettingsError.

    `secrets`: whoever keeps them, or the environment's variables, by which AWS is found.
    """
    if isinstance(secrets, Mapping):
        from apigw_oauth.authorizer import aws_secrets

        secrets = aws_secrets.of(secrets)
    verifier = RotatingVerifier(tables, secrets, make=make, surroundings=surroundings, warn=warn, notes=notes)
    verifier.start()
    return verifier


def resolve(tables: Tables, secrets: Secrets, *, when: When) -> Tables | None:
    """Put what AWS keeps into its place; each source is read once. None where it cannot be had yet.

    Raises SettingsError, VerifierUnavailableError.
    """
    texts: dict[Source, str] = {}
    resolved = []
    for number, table in enumerate(tables):
        values = dict(table)
        for key, value in table.items():
            if not isinstance(value, Kept):
                continue
            try:
                text = texts[value.source] if value.source in texts else secrets.read(value.source, when=when)
                if text is None:
                    return None
                texts[value.source] = text
                values[key] = _part(text, value)
            except (SettingsError, VerifierUnavailableError) as error:
                raise type(error)(f"verifiers[{number}].{key}: {error}", reason=error.reason) from None
        resolved.append(values)
    return resolved


def _part(text: str, wanted: Kept) -> str:
    """Return what a reference wants of the text. Raises SettingsError, without a word of it."""
    name = wanted.source.id
    if wanted.key is None:
        found: object = text.strip()  # as with file:, whose editors end it with a line break
    else:
        try:
            members = strict_json.loads_object(text.encode("utf-8", "surrogatepass"))
        except strict_json.JsonError:
            raise SettingsError(
                f"the secret {name} is not a JSON object; store one with the key {wanted.key}, or leave #KEY out"
            ) from None
        if wanted.key not in members:
            raise SettingsError(f"the secret {name} has no key {wanted.key}; store it there, or name another one")
        found = members[wanted.key]
    if not isinstance(found, str) or not found:
        raise SettingsError(f"what {name} holds there is empty, or no text; store the value as a text")
    return found
