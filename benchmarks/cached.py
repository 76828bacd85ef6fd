"""A token that was verified lately, warm: from an event to its answer, beside reading the event's JSON.

Our authorizer has asked an authorization server about the token, over TLS, and has the facts in its verification
cache. API Gateway's own cache is another matter: what it answers, no function is asked about.
"""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks import action_process, events
from benchmarks.action_process import Action
from benchmarks.comparison import MICROSECONDS, Comparison, Goal
from benchmarks.introspection import SECRET, server_of
from benchmarks.one_answer_server import OneAnswerServer
from benchmarks.our_settings import SOURCE, Event, settings_in
from benchmarks.part import OURS, Effort, Section
from benchmarks.processors import on, split

LIMIT = "json.loads"
TOKEN = "2YotnFZFEjr1zCsicMWpAA-b7Wq0x9LmZk3-7Fjfp0ZBr1K"  # noqa: S105 - of nobody
EVENTS: Mapping[str, tuple[Event, dict[str, Any]]] = {
    "REST API, REQUEST": ("request", events.rest_request(TOKEN, "/pets")),
    "REST API, TOKEN": ("token", events.rest_token(TOKEN, "/pets")),
    "HTTP API, 2.0": ("http-2.0", events.http_2_0(TOKEN, "/pets")),
}
_TABLE = """\
[[verifiers]]
type = "introspection"
endpoint = "ENDPOINT"
client_id = "api"
client_secret = "env:CLIENT_SECRET"
positive_ttl = 300
"""


def sections(effort: Effort) -> list[Section]:
    """Measure each format."""
    processors = split()
    with tempfile.TemporaryDirectory() as name, on(processors.others), server_of(Path(name)) as server:
        found = []
        for number, (title, (event, document)) in enumerate(EVENTS.items()):
            text = json.dumps(document, separators=(",", ":"))
            settings = settings_in(Path(name) / event, table(server), {}, event=event)
            actions = {
                OURS: authorizer(settings, server, [text]),
                LIMIT: Action("json_loads", (), {"events": [text]}),
            }
            samples = action_process.measured(title, actions, effort, processors)
            found += [_comparison(number, title, len(text)).section(samples, {})]
        return found


def table(server: OneAnswerServer) -> str:
    """Return the table of a verifier that keeps what it learns for as long as it may."""
    return _TABLE.replace("ENDPOINT", server.url("/introspect"))


def authorizer(settings: Path, server: OneAnswerServer, texts: list[str]) -> Action:
    """Return our authorizer at work, as an action."""
    environ = {**server.environ, "CLIENT_SECRET": SECRET}
    return Action("authorizer", (SOURCE,), {"settings": str(settings), "events": texts}, environ)


def _comparison(number: int, title: str, size: int) -> Comparison:
    return Comparison(
        slug=f"cached-{number + 1}",
        title=f"Warm, cached token, {title}",
        about=f"From an event of {size:,} bytes to its answer, the line of the log included.",
        goals=(Goal(LIMIT, 2.0),),
        limit=LIMIT,
        unit=MICROSECONDS,
    )
