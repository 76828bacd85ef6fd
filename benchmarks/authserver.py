"""Introspections a second at the development authorization server, beside oidc-provider, per core.

A server has one processor for itself, the load another: what a core can do is what the process takes of it for one
introspection, whatever else the machine does.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import NamedTuple

from benchmarks import authorization_servers, progress
from benchmarks.authorization_servers import PEER, Case
from benchmarks.bar_chart import number_of
from benchmarks.keep_alive_load import Connections
from benchmarks.part import OURS, Chart, Effort, Section
from benchmarks.peer_environments import NotInstallableError
from benchmarks.processors import on, split
from benchmarks.summary import Spread, ratio

CONNECTIONS = (1, 16)
_ABOUT = """\
Introspections a second, each of another token, on connections that stay open. Per core: what the server's process
could do with all the time of one processor."""
_SPREAD = "Medians, quartiles in brackets; ratios are medians of ratios within a round."
_MOST_ROUNDS = 25
_REQUESTS = 12  # times the batch of an effort: 300
_LONG_WARM_UP = 20  # V8 has compiled what is used often after some thousand requests

Start = Callable[[frozenset[int]], AbstractContextManager[list[Case]]]
Rates = dict[str, list["Rate"]]
"""By names of cases; those at the same place were measured side by side."""


class Rate(NamedTuple):
    """Introspections a second."""

    answered: float
    per_core: float
    """… of the server's CPU time, on all its threads."""


def sections(
    effort: Effort, servers: Sequence[Start] = (authorization_servers.ours, authorization_servers.oidc_provider)
) -> list[Section]:
    """Measure servers, ours first, with each number of connections."""
    effort = effort._replace(runs=min(effort.runs, _MOST_ROUNDS))
    processors, missing = split(), {}
    cases: list[Case] = []
    with ExitStack() as stack, on(processors.others):
        for start in servers:
            try:
                cases += stack.enter_context(start(processors.measured))
            except NotInstallableError as error:
                missing[PEER] = str(error)
        for case in cases:
            _measure(case, 1, min(effort.batch * _REQUESTS * _LONG_WARM_UP, 6000))
        found = [(number, _measured(cases, number, effort)) for number in CONNECTIONS]
    return [section(number, rates, missing) for number, rates in found]


def _measured(cases: Sequence[Case], connections: int, effort: Effort) -> Rates:
    rates: Rates = {case.name: [] for case in cases}
    for counts in progress.rounds(_titled(connections), effort):
        for case in cases:
            rate = _measure(case, connections, effort.batch * _REQUESTS)
            if counts:
                rates[case.name].append(rate)
    return rates


def _measure(case: Case, number: int, times: int) -> Rate:
    """Ask about tokens in turn."""
    requests = [case.requests[at % len(case.requests)] for at in range(times)]
    with Connections(case.address, number) as connections:
        before = case.server.cpu()
        load = connections.run(requests)
        cpu = case.server.cpu() - before
    load.require(case.accept)
    return Rate(times / load.wall, times / cpu)


def section(connections: int, rates: Rates, missing: Mapping[str, str]) -> Section:
    """Tell what came out."""
    title, rounds = _titled(connections), len(rates[OURS])
    parts = [
        _ABOUT,
        _table(rates),
        _reached(rates),
        *(f"Missing: {name} ({why})." for name, why in missing.items()),
        f"{rounds} round{'' if rounds == 1 else 's'}. {_SPREAD}",
    ]
    bars = tuple((name, Spread.of([rate.per_core for rate in found])) for name, found in rates.items())
    chart = Chart(f"authserver-{connections}", title, "a second and core (more is better)", bars)
    return Section(title, "\n\n".join(filter(None, parts)), (chart,))


def _table(rates: Rates) -> str:
    lines = [["server", "per core", "answered a second", f"× {PEER}, per core"], ["---", "---:", "---:", "---:"]]
    for name, found in rates.items():
        compared = f"{_times_peer(rates, name):.2f}" if PEER in rates else "-"
        told = [_told([rate.per_core for rate in found]), _told([rate.answered for rate in found])]
        lines += [[name, *told, compared]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _reached(rates: Rates) -> str:
    """Say whether ours, asked the same in the same words, is ahead."""
    if PEER not in rates:
        return ""
    found = _times_peer(rates, OURS)
    said = "reached" if found > 1 else "**missed**"
    return f"* to reach: more than {PEER}, per core; measured: {found:.2f} ×, {said}"


def _times_peer(rates: Rates, name: str) -> float:
    return ratio([rate.per_core for rate in rates[name]], [rate.per_core for rate in rates[PEER]])


def _told(values: Sequence[float]) -> str:
    spread = Spread.of(values)
    return f"{number_of(spread.median)} ({number_of(spread.low)} … {number_of(spread.high)})"


def _titled(connections: int) -> str:
    return f"Authorization server, {connections} connection{'' if connections == 1 else 's'}"
