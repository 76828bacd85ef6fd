"""Signed answers of an introspection endpoint. See RFC 9701.

Whatever is wrong with one of them is the server's doing, or that of somebody in between; of the token it says
nothing. Keys come from the settings or from the issuer, never from the answer. Encrypted answers are not read.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.verifier import Surroundings, prepare
from apigw_oauth.authorizer.verifiers import jws, strict_json
from apigw_oauth.authorizer.verifiers.http_client import MAX_BODY, HttpAnswer
from apigw_oauth.authorizer.verifiers.introspection_answer import nonsense, require_success
from apigw_oauth.authorizer.verifiers.introspection_endpoint import DiscoveredEndpoint, Endpoint
from apigw_oauth.authorizer.verifiers.jwks import NoKeyError
from apigw_oauth.authorizer.verifiers.key_settings import keys_from
from apigw_oauth.authorizer.verifiers.key_source import KeySource
from apigw_oauth.authorizer.verifiers.table import Table

MEDIA_TYPE = "application/token-introspection+jwt"
TYPES = frozenset({"token-introspection+jwt", MEDIA_TYPE})
DEFAULT_ALGORITHMS = ("RS256",)
"""See RFC 9701 §6."""
MAX_AGE = 60.0
"""Seconds after which an answer is too old to be the one to our question."""

_ENCRYPTED_PARTS = 5


class AnswerRules(NamedTuple):
    """What an answer must say of itself."""

    issuer: str
    audience: str
    """What the server calls us."""
    algorithms: tuple[str, ...]
    leeway: float
    errors_refuse: bool


def from_table(
    table: Table,
    *,
    issuer: str | None,
    endpoint: Endpoint,
    leeway: float,
    errors_refuse: bool,
    surroundings: Surroundings,
) -> "SignedForm":
    """Read the keys and what answers must say. Raises SettingsError.

    Metadata that name the endpoint are not read once more for the keys.
    """
    if issuer is None:
        raise SettingsError("issuer: is missing; signed answers must name it")
    audience = table.optional_text("signed_response_audience") or table.optional_text("client_id")
    if audience is None:
        raise SettingsError(
            "signed_response_audience: is missing; what does the server call this API in its answers?"
        )
    algorithms = table.texts("signing_algorithms", DEFAULT_ALGORITHMS)
    for name in algorithms:
        if name not in jws.ALGORITHMS and not table.is_unresolved("signing_algorithms"):
            raise SettingsError(f"signing_algorithms: {name!r} is not one of {', '.join(jws.ALGORITHMS)}")
    try:
        jws.load(algorithms)
    except ImportError:
        raise SettingsError(
            "signed_response: the Python package cryptography, which verifies it, is missing; deploy it too"
        ) from None
    discovery = endpoint.discovery if isinstance(endpoint, DiscoveredEndpoint) else None
    keys = keys_from(table, issuer=issuer, algorithms=algorithms, surroundings=surroundings, discovery=discovery)
    rules = AnswerRules(issuer, audience, algorithms, leeway, errors_refuse)
    return SignedForm(rules, keys, clock=surroundings.clock)


class SignedForm:
    """Answers in a signed JWT, and in nothing else."""

    accept = MEDIA_TYPE

    def __init__(self, rules: AnswerRules, keys: KeySource, *, clock: Callable[[], float]) -> None:
        """Set up for a server and its keys; `clock` is in seconds since the epoch."""
        self._rules = rules
        self._keys = keys
        self._clock = clock

    def prepare(self) -> None:
        """Fetch the keys."""
        prepare(self._keys)

    def read(self, answer: HttpAnswer) -> Mapping[str, Any]:
        """Return what the server says of a token. Raises InvalidTokenError, VerifierUnavailableError."""
        require_success(answer, errors_refuse=self._rules.errors_refuse)
        if answer.media_type != MEDIA_TYPE:
            raise nonsense(f"it is not signed (its content type must be {MEDIA_TYPE})")
        if answer.body.count(b".") == _ENCRYPTED_PARTS - 1:
            raise nonsense("it is encrypted; have the server sign only")
        claims = self._verified(answer.body)
        self._require_ours(claims)
        content = claims.get("token_introspection")
        if not isinstance(content, dict):
            raise nonsense("it has no `token_introspection`")
        return content

    def _verified(self, body: bytes) -> Mapping[str, Any]:
        """Return the claims, after the signature is verified."""
        try:
            parts = jws.parse(body.decode("ascii"), max_length=MAX_BODY)
            typ, alg = parts.header.get("typ"), parts.header["alg"]
            if not isinstance(typ, str) or typ.lower() not in TYPES:
                raise nonsense("its `typ` is not token-introspection+jwt")
            if alg not in self._rules.algorithms:
                raise nonsense("it is signed with an algorithm that is not among signing_algorithms")
            jws.verify(parts, self._keys.find(kid=parts.header.get("kid"), alg=alg))
            return strict_json.loads_object(parts.payload)
        except NoKeyError:
            raise nonsense("it is signed with an unknown key") from None
        except jws.InvalidSignatureError:
            raise nonsense("its signature is not valid") from None
        except ValueError:
            raise nonsense("it is not a signed JWT") from None

    def _require_ours(self, claims: Mapping[str, Any]) -> None:
        """Refuse what another server said, what was said to somebody else, and what was said some time ago."""
        if claims.get("iss") != self._rules.issuer:
            raise nonsense("it is of another issuer")
        audience = claims.get("aud")
        if self._rules.audience not in (audience if isinstance(audience, list) else [audience]):
            raise nonsense("it is for somebody else; see signed_response_audience")
        issued_at, now, leeway = claims.get("iat"), self._clock(), self._rules.leeway
        if isinstance(issued_at, bool) or not isinstance(issued_at, int | float):
            raise nonsense("it does not say when it was made")
        if not now - MAX_AGE - leeway <= issued_at <= now + leeway:
            raise nonsense("it was made at another time; is one of the clocks wrong?")
