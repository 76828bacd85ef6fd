"""Cold start, and warm invocations, of functions that introspect each token over TLS.

Cold: from the start of the process to the answer to its first event. Warm: from an event to its answer, where
every token is a new one, so that no cache helps. Within each round all functions take turns, on one processor.
"""

import itertools
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.comparison import Comparison, Goal
from benchmarks.functions import NO_WORK, Deployed, Peer, deploy, token_event
from benchmarks.invocations import cold_starts, warm_invocations
from benchmarks.one_answer_server import OneAnswerServer
from benchmarks.part import Effort, Section
from benchmarks.peer_environments import Libraries, NotInstallableError, libraries
from benchmarks.processors import Split, on, split

PORT, LIMIT = "requests", "http.client"
SECRET = "7Fjfp0ZBr1KtDRbnfVdmIw"  # noqa: S105 - of nobody
PEERS = (
    Peer(PORT, "requests_port", "requests"),
    Peer("requests, session", "requests_session", "requests"),
    Peer("Powertools", "powertools", "powertools"),
    Peer(LIMIT, "http_client"),
    Peer(NO_WORK, "nothing"),
)
COLD = Comparison(
    slug="introspection-cold",
    title="Cold start, introspection",
    about="From the start of the process to the answer to its first event.",
    goals=(Goal(PORT, 0.5), Goal(LIMIT, 1.10)),
    limit=LIMIT,
)
WARM = Comparison(
    slug="introspection-warm",
    title="Warm, introspection",
    about="One event with a new token: from the event to its answer. CPU time includes the work after the answer.",
    goals=(Goal(PORT, 0.2), Goal(LIMIT, 1.10)),
    limit=LIMIT,
)
_PROJECT = """\
[api]
type = "rest"

[routes]
"GET /pets" = ["read"]
"POST /pets" = ["write"]
"GET /pets/{id}" = ["read"]

[authorizer]
event = "token"

[[verifiers]]
type = "introspection"
endpoint = "ENDPOINT"
client_id = "api"
client_secret = "env:CLIENT_SECRET"
"""


def sections(effort: Effort, find: Libraries = libraries) -> list[Section]:
    """Measure both. `find` returns where a set of libraries is."""
    processors = split()
    with tempfile.TemporaryDirectory() as name, on(processors.others), server_of(Path(name)) as server:
        try:
            deployed = deployed_in(Path(name), server, find)
        except NotInstallableError as error:
            return [Section("Introspection", f"Not measured: {error}.")]
        return measured(deployed, effort, processors)


def server_of(directory: Path) -> OneAnswerServer:
    """Return an authorization server that knows every token."""
    said = {"active": True, "sub": "ann", "client_id": "demo", "scope": "read write", "token_type": "Bearer"}
    return OneAnswerServer(directory, {**said, "exp": int(time.time()) + 86400})


def deployed_in(directory: Path, server: OneAnswerServer, find: Libraries) -> Deployed:
    """Put all functions into a directory. Raises NotInstallableError."""
    endpoint = server.url("/introspect")
    environ = {
        **server.environ,
        "INTROSPECTION_ENDPOINT": endpoint,
        "CLIENT_ID": "api",
        "CLIENT_SECRET": SECRET,
    }
    project = {"apigw-oauth.toml": _PROJECT.replace("ENDPOINT", endpoint)}
    return deploy(project, PEERS, environ, directory, find)


def events() -> Iterator[bytes]:
    """Return events without end, each with a token that was not seen before."""
    for number in itertools.count():
        yield token_event(f"{number:08}-2YotnFZFEjr1zCsicMWpAA-b7Wq0x9LmZk3")


def measured(deployed: Deployed, effort: Effort, processors: Split) -> list[Section]:
    """Measure functions."""
    each = events()
    cold = cold_starts(deployed.functions, effort, processors, each)
    warm = warm_invocations(deployed.functions, effort, processors, each)
    return [COLD.section(cold, deployed.missing), WARM.section(warm, deployed.missing)]
