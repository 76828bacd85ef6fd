"""Which modules of the authorizer some settings can make it import."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from apigw_oauth.authorizer.verifiers import VERIFIERS
from apigw_oauth.project import references

_AUTHORIZER = "apigw_oauth.authorizer"
_VERIFIERS = f"{_AUTHORIZER}.verifiers"


class Configuration(NamedTuple):
    """What of authorizer.json decides about imports."""

    event: str
    cache: str
    verifiers: Sequence[Mapping[str, Any]]
    hooked: bool = False
    """Whether somebody's own function is told of decisions."""

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "Configuration":
        """Take it from the content of authorizer.json."""
        return cls(settings["event"], settings["cache"], settings["verifiers"], "on_decision" in settings)

    @property
    def asks_aws(self) -> bool:
        """Whether AWS keeps a value of the settings."""
        values = [value for table in self.verifiers for value in table.values()]
        return any(isinstance(value, str) and value.startswith(("ssm:", "secretsmanager:")) for value in values)

    @property
    def checks_senders(self) -> bool:
        """Whether proofs and certificates are looked at."""
        return self.cache == "off" and self.event != "token"

    @property
    def checks_signatures(self) -> bool:
        """Whether signatures are verified with keys that came from somewhere else."""
        return self.checks_senders or self.has_type("jwt") or self.signed_answers

    @property
    def signed_answers(self) -> bool:
        """Whether introspection answers are signed."""
        return self.may_be("introspection", "signed_response", "required")

    def has_type(self, *kinds: str) -> bool:
        """Say whether there is a verifier of one of these types."""
        return any(table.get("type") in kinds for table in self.verifiers)

    def tables(self, kind: str) -> Iterator[Mapping[str, Any]]:
        """Return the tables of a type."""
        return (table for table in self.verifiers if table.get("type") == kind)

    def may_be(self, kind: str, key: str, *values: str) -> bool:
        """Say whether a key may have one of these values: what a reference brings is not known here."""
        found = [table.get(key) for table in self.tables(kind)]
        return any(value in values or references.is_reference(value) for value in found)


Condition = Callable[[Configuration], bool]


def _has(kind: str) -> Condition:
    return lambda settings: settings.has_type(kind)


CONDITIONS: Mapping[tuple[str, str], Condition] = {
    (f"{_AUTHORIZER}.lambda_handler", f"{_AUTHORIZER}.sender_constraint"): lambda one: one.checks_senders,
    (f"{_AUTHORIZER}.lambda_handler", f"{_AUTHORIZER}.rotation"): lambda one: one.asks_aws,
    (f"{_AUTHORIZER}.lambda_handler", f"{_AUTHORIZER}.decision_hook"): lambda one: one.hooked,
    (f"{_AUTHORIZER}.iam_policy", f"{_AUTHORIZER}.stage_policy"): lambda one: one.cache == "token",
    **{(_VERIFIERS, module): _has(kind) for kind, module in VERIFIERS.items()},
    (_VERIFIERS, f"{_VERIFIERS}.own_verifier"): lambda one: any(":" in table["type"] for table in one.verifiers),
    (_VERIFIERS, f"{_VERIFIERS}.first_match"): lambda one: len(one.verifiers) > 1,
    (_VERIFIERS, f"{_VERIFIERS}.introspected_jwt"): lambda one: any(
        table.get("introspect_jwts") for table in one.verifiers
    ),
    (f"{_VERIFIERS}.introspection", f"{_VERIFIERS}.signed_introspection"): lambda one: one.signed_answers,
    (f"{_VERIFIERS}.introspection_endpoint", f"{_VERIFIERS}.key_settings"): lambda one: any(
        "endpoint" not in table for table in one.tables("introspection")
    ),
    (f"{_VERIFIERS}.client_authentication", f"{_VERIFIERS}.client_assertion"): lambda one: one.may_be(
        "introspection", "client_auth", "private_key_jwt"
    ),
    (f"{_VERIFIERS}.client_authentication", f"{_VERIFIERS}.mutual_tls"): lambda one: one.may_be(
        "introspection", "client_auth", "tls_client_auth"
    ),
    # Both are also for keys that are only read: those of somebody who is asked, not believed.
    (f"{_VERIFIERS}.jwks", "cryptography"): lambda one: one.checks_signatures,
    (f"{_VERIFIERS}.jws", "cryptography"): lambda one: one.checks_signatures,
}
"""When a module imports another one inside a function; those that are not here are taken along."""
