"""Cold start of functions that verify an RS256 token with keys that they fetch, once, over TLS.

From the start of the process to the answer to its first event. Within each round all functions take turns, on one
processor.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.comparison import Comparison, Goal
from benchmarks.functions import NO_WORK, Deployed, Peer, deploy, token_event
from benchmarks.invocations import cold_starts, require_refused
from benchmarks.issuer import AUDIENCE, ISSUER, Issuer
from benchmarks.one_answer_server import OneAnswerServer
from benchmarks.part import Effort, Section
from benchmarks.peer_environments import Libraries, NotInstallableError, libraries
from benchmarks.processors import on, split

PYJWT, LIMIT = "PyJWT", "cryptography"
PEERS = (
    Peer(PYJWT, "jwt_pyjwt", "pyjwt"),
    Peer("joserfc", "jwt_joserfc", "joserfc"),
    Peer("Powertools, auth_alpha", "jwt_powertools", "powertools-jwt"),
    Peer(LIMIT, "jwt_cryptography", "cryptography"),
    Peer(NO_WORK, "nothing"),
)
COLD = Comparison(
    slug="jwt-cold",
    title="Cold start, JWT",
    about="From the start of the process to the answer to its first event, the keys fetched on the way.",
    goals=(Goal(PYJWT, 0.5), Goal(LIMIT, 1.15)),
    limit=LIMIT,
)
_PROJECT = f"""\
[api]
type = "rest"

[routes]
"GET /pets" = ["read"]
"POST /pets" = ["write"]
"GET /pets/{{id}}" = ["read"]

[authorizer]
event = "token"

[[verifiers]]
type = "jwt"
issuer = "{ISSUER}"
audience = "{AUDIENCE}"
jwks_uri = "JWKS_URI"
"""


def sections(effort: Effort, find: Libraries = libraries, *, wheels: Path | None = None) -> list[Section]:
    """Measure. `find` returns where a set of libraries is, `wheels` is where our package takes its own from."""
    processors, issuer = split(), Issuer()
    with tempfile.TemporaryDirectory() as name, on(processors.others), server_of(Path(name), issuer) as server:
        try:
            deployed = deployed_in(Path(name), server, find, wheels=wheels)
        except NotInstallableError as error:
            return [Section(COLD.title, f"Not measured: {error}.")]
        require_refused(deployed.functions, token_event(next(Issuer().tokens("RS256"))))
        samples = cold_starts(deployed.functions, effort, processors, events(issuer))
        return [COLD.section(samples, deployed.missing)]


def server_of(directory: Path, issuer: Issuer) -> OneAnswerServer:
    """Return the server of an issuer's keys."""
    return OneAnswerServer(directory, issuer.jwks())


def deployed_in(
    directory: Path, server: OneAnswerServer, find: Libraries, *, wheels: Path | None = None
) -> Deployed:
    """Put all functions into a directory. Raises NotInstallableError."""
    uri = server.url("/keys")
    environ = {**server.environ, "JWKS_URI": uri, "ISSUER": ISSUER, "AUDIENCE": AUDIENCE}
    project = {"apigw-oauth.toml": _PROJECT.replace("JWKS_URI", uri)}
    return deploy(project, PEERS, environ, directory, find, wheels=wheels)


def events(issuer: Issuer) -> Iterator[bytes]:
    """Return events without end, each with a token that was not seen before."""
    return map(token_event, issuer.tokens("RS256"))
