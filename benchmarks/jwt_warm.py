"""One JWT, warm, in a process that asks nobody: ours from an event to the policy, others the token alone.

Within each round all take turns, on one processor. There are so many different tokens that nothing which is
kept of one helps with another.
"""

import itertools
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import action_process, events
from benchmarks.action_process import Action
from benchmarks.comparison import MICROSECONDS, Comparison, Goal
from benchmarks.issuer import AUDIENCE, ISSUER, Algorithm, Issuer
from benchmarks.our_settings import SOURCE, settings_in
from benchmarks.part import OURS, Effort, Section
from benchmarks.peer_environments import Libraries, NotInstallableError, libraries
from benchmarks.processors import on, split

TOKENS = 1200
"""More than the verification cache has room for."""
MISSED, PYJWT, LIMIT = f"{OURS}, cache missed", "PyJWT, decode", "signature alone"
_GOALS = (Goal(PYJWT, 1.0), Goal(LIMIT, 2.0))


class _Peer(NamedTuple):
    source: str
    libraries: str
    algorithms: tuple[Algorithm, ...] = ("RS256", "ES256", "EdDSA")


PEERS = {
    PYJWT: _Peer("pyjwt", "pyjwt"),
    "joserfc": _Peer("joserfc", "joserfc"),
    "python-jose": _Peer("python_jose", "python-jose", ("RS256", "ES256")),
    LIMIT: _Peer("signature", "cryptography"),
}
_TABLE = f"""\
[[verifiers]]
type = "jwt"
issuer = "{ISSUER}"
audience = "{AUDIENCE}"
jwks = "file:keys.json"
"""
_NOTHING_KEPT = "positive_ttl = 0\nnegative_ttl = 0\n"


def sections(effort: Effort, find: Libraries = libraries, *, tokens: int = TOKENS) -> list[Section]:
    """Measure each algorithm. `find` returns where a set of libraries is."""
    processors, issuer = split(), Issuer()
    found: list[Section] = []
    algorithms: tuple[Algorithm, ...] = ("RS256", "ES256", "EdDSA")
    for algorithm in algorithms:
        comparison = _comparison(algorithm)
        with tempfile.TemporaryDirectory() as name, on(processors.others):
            try:
                actions, missing = _actions(Path(name), issuer, algorithm, find, tokens)
            except NotInstallableError as error:
                return [*found, Section(comparison.title, f"Not measured: {error}.")]
            samples = action_process.measured(comparison.title, actions, effort, processors)
        found += [comparison.section(samples, missing)]
    return found


def _comparison(algorithm: Algorithm) -> Comparison:
    name = "Ed25519" if algorithm == "EdDSA" else algorithm
    return Comparison(
        slug=f"jwt-{name.lower()}",
        title=f"Warm, JWT, {name}",
        about="Ours: from an event to its policy, the line of the log included. Others: the token alone, its key"
        " at hand.",
        goals=_GOALS if algorithm == "RS256" else _GOALS[:1],
        limit=LIMIT,
        unit=MICROSECONDS,
    )


def _actions(
    directory: Path, issuer: Issuer, algorithm: Algorithm, find: Libraries, tokens: int
) -> tuple[dict[str, Action], Mapping[str, str]]:
    """Return what is to be measured, and why others are not. Raises NotInstallableError."""
    several = list(itertools.islice(issuer.tokens(algorithm), tokens))
    jwk = issuer.jwk(algorithm)
    files = {"keys.json": json.dumps({"keys": [jwk]})}
    texts = [json.dumps(events.rest_token(token, "/pets")) for token in several]
    ours = (SOURCE, find("cryptography"))
    actions = {}
    for name, table in ((OURS, _TABLE + _NOTHING_KEPT), (MISSED, _TABLE)):
        settings = settings_in(directory / name, table, files, event="token")
        actions[name] = Action("authorizer", ours, {"settings": str(settings), "events": texts})
    missing: dict[str, str] = {}
    material: dict[str, Any] = {"jwk": jwk, "tokens": several, "issuer": ISSUER, "audience": AUDIENCE}
    for name, peer in PEERS.items():
        try:
            where = find(peer.libraries)
        except NotInstallableError as error:
            missing[name] = str(error)
            continue
        if algorithm in peer.algorithms:
            actions[name] = Action(peer.source, (where,), material)
        else:
            missing[name] = "does not know this algorithm"
    return actions, missing
