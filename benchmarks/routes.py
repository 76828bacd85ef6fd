"""Decisions with tables of 10 to 10,000 routes, about a token that was verified lately: from event to answer."""

import itertools
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import action_process, cached, events
from benchmarks.action_process import Action
from benchmarks.comparison import MICROSECONDS, Comparison, Goal
from benchmarks.introspection import server_of
from benchmarks.one_answer_server import OneAnswerServer
from benchmarks.our_settings import Event, settings_in
from benchmarks.part import Effort, Section
from benchmarks.processors import on, split
from benchmarks.tables import SHAPES, routes_of

SIZES = (10, 100, 1_000, 10_000)
_FLAT = 1.20
_FORMATS: Mapping[Event, str] = {
    "token": "TOKEN, a policy for all routes",
    "request": "REQUEST, a policy for one route",
}


def sections(effort: Effort, sizes: Sequence[int] = SIZES) -> list[Section]:
    """Measure tables of two shapes, for two kinds of event."""
    processors = split()
    with tempfile.TemporaryDirectory() as name, on(processors.others), server_of(Path(name)) as server:
        found = []
        for shape, event in itertools.product(("flat", "nested"), _FORMATS):
            comparison = _comparison(shape, event, sizes)
            actions = {
                _named(size): _action(Path(name) / f"{shape}-{event}-{size}", server, shape, event, size)
                for size in sizes
            }
            samples = action_process.measured(comparison.title, actions, effort, processors)
            found += [comparison.section(samples, {})]
        return found


def _action(directory: Path, server: OneAnswerServer, shape: str, event: Event, size: int) -> Action:
    """Return our authorizer at work on requests for the first resource of a table."""
    routes = "\n".join(f'"{one["route"]}" = {json.dumps(one["any_of"][0])}' for one in routes_of(shape, size))
    settings = settings_in(directory, cached.table(server), {}, event=event, routes=routes)
    path, template = SHAPES[shape].path, SHAPES[shape].template
    document = (
        events.rest_token(cached.TOKEN, path)
        if event == "token"
        else events.rest_request(cached.TOKEN, path, template=template)
    )
    return cached.authorizer(settings, server, [json.dumps(document)])


def _named(size: int) -> str:
    return f"{size:,} routes"


def _comparison(shape: str, event: Event, sizes: Sequence[int]) -> Comparison:
    fewest, *more = sizes
    return Comparison(
        slug=f"routes-{shape}-{event}",
        title=f"Routes, {shape}, {_FORMATS[event]}",
        about="From an event to its answer, the token known, with more and more routes.",
        goals=(Goal(_named(fewest), _FLAT),),
        limit=None,
        unit=MICROSECONDS,
        ours=tuple(map(_named, more)),
    )
