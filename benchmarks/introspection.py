"""Cold start, and warm invocations, of functions that introspect each token over TLS.

Cold: from the start of the process to the answer to its first event. Warm: from an event to its answer, where
every token is a new one, so that no cache helps. Within each round all functions take turns, on one processor.
"""

import itertools
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from benchmarks.comparison import Comparison, Goal, Samples
from benchmarks.function_process import Cost, Function, FunctionFailedError, FunctionProcess
from benchmarks.functions import Deployed, Peer, deploy, is_allowed, token_event
from benchmarks.introspection_server import IntrospectionServer
from benchmarks.part import Effort, Section
from benchmarks.peer_environments import Libraries, NotInstallableError, libraries
from benchmarks.processors import Split, on, split

PORT, LIMIT = "requests", "http.client"
PEERS = (
    Peer(PORT, "requests_port", "requests"),
    Peer("requests, session", "requests_session", "requests"),
    Peer("Powertools", "powertools", "powertools"),
    Peer(LIMIT, "http_client"),
    Peer("no work", "nothing"),
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
    with tempfile.TemporaryDirectory() as name, on(processors.others), IntrospectionServer(Path(name)) as server:
        environ = {
            # Of these variables the first is for Python's ssl, the second for requests.
            "SSL_CERT_FILE": str(server.authority),
            "REQUESTS_CA_BUNDLE": str(server.authority),
            "INTROSPECTION_ENDPOINT": server.endpoint,
            "CLIENT_ID": "api",
            "CLIENT_SECRET": "7Fjfp0ZBr1KtDRbnfVdmIw",
        }
        project = {"apigw-oauth.toml": _PROJECT.replace("ENDPOINT", server.endpoint)}
        try:
            deployed = deploy(project, PEERS, environ, Path(name), find)
        except NotInstallableError as error:
            return [Section("Introspection", f"Not measured: {error}.")]
        return measured(deployed, effort, processors)


def measured(deployed: Deployed, effort: Effort, processors: Split) -> list[Section]:
    """Measure functions."""
    tokens = itertools.count()
    cold = cold_starts(deployed.functions, effort, processors, tokens)
    warm = warm_invocations(deployed.functions, effort, processors, tokens)
    return [COLD.section(cold, deployed.missing), WARM.section(warm, deployed.missing)]


def cold_starts(
    functions: Mapping[str, Function], effort: Effort, processors: Split, tokens: Iterator[int]
) -> Samples:
    """Start each function once a round."""
    samples: Samples = {name: [] for name in functions}
    for run in range(effort.warm_up + effort.runs):
        for name, function in functions.items():
            with FunctionProcess(function, processors.measured) as process:
                answer, cost = process.first(token_event(next(tokens)))
            _require_allowed(name, answer)
            if run >= effort.warm_up:
                samples[name].append(cost)
    return samples


def warm_invocations(
    functions: Mapping[str, Function], effort: Effort, processors: Split, tokens: Iterator[int]
) -> Samples:
    """Start each function, and give it a batch of events a round: a sample is the mean of a batch."""
    samples: Samples = {name: [] for name in functions}
    with ExitStack() as stack:
        processes = {
            name: stack.enter_context(FunctionProcess(function, processors.measured))
            for name, function in functions.items()
        }
        for run in range(effort.warm_up + effort.runs):
            for name, process in processes.items():
                cost = _batch(name, process, effort.batch, tokens)
                if run >= effort.warm_up:
                    samples[name].append(cost)
    return samples


def _batch(name: str, process: FunctionProcess, size: int, tokens: Iterator[int]) -> Cost:
    process.wait()
    before, wall = process.cpu(), 0.0
    for _ in range(size):
        answer, seconds = process.next(token_event(next(tokens)))
        wall += seconds
        _require_allowed(name, answer)
    process.wait()
    return Cost(wall / size, (process.cpu() - before) / size)


def _require_allowed(name: str, answer: bytes) -> None:
    if not is_allowed(answer):
        raise FunctionFailedError(f"{name} does not allow a request that it should: {answer.decode()}")
