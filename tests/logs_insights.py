"""A small part of CloudWatch Logs Insights: enough to run the queries of the documentation over lines of the log.

Commands: fields, filter, stats, sort, limit. See "CloudWatch Logs Insights language query syntax" in the CloudWatch Logs
User Guide. What is not known here is an error, and no empty result.
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from tests.logs_insights_expressions import Parser, Record


class Query(NamedTuple):
    """What a query says."""

    text: str
    fields: frozenset[str]
    """The fields of log lines that it uses."""

    def run(self, records: Iterable[Record]) -> list[dict[str, Any]]:
        """Return the rows."""
        return _run(self.text, records, set())


def parse(text: str) -> Query:
    """Read a query. Raises ValueError where it says something that is not known here."""
    used: set[str] = set()
    _run(text, [], used)
    return Query(text, frozenset(used))


def _run(text: str, records: Iterable[Record], used: set[str]) -> list[dict[str, Any]]:
    rows = [dict(record) for record in records]
    known: set[str] = set()
    commands = [part.strip() for part in re.split(r"\n\s*\|", text.strip())]
    for command in commands:
        word, _, rest = command.partition(" ")
        parser = Parser(rest, used, known)
        rows = _COMMANDS[word](parser, rows)
        if parser.peek() is not None:
            raise ValueError(f"{command!r}: {parser.peek()!r} is one too many")
    return rows


def _fields(parser: Parser, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    columns = parser.columns()
    return [{**row, **{name: evaluate(row) for name, evaluate in columns}} for row in rows]


def _filter(parser: Parser, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    wanted = parser.expression()
    return [row for row in rows if wanted(row)]


def _sort(parser: Parser, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    name = parser.take()
    parser.note(name)
    descending = {"asc": False, "desc": True}[parser.take()]
    return sorted(rows, key=lambda row: (row[name] is not None, row[name]), reverse=descending)


def _limit(parser: Parser, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return rows[: int(parser.take())]


def _stats(parser: Parser, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    parser.aggregates = True
    columns = parser.columns()
    parser.aggregates = False
    keys = parser.columns() if parser.accept("by") else []
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(evaluate(row) for _, evaluate in keys), []).append(row)
    found = []
    for values, members in groups.items():
        told: dict[str, Any] = {name: value for (name, _), value in zip(keys, values, strict=True)}
        for name, evaluate in columns:
            told[name] = evaluate({**told, "": members})
        found.append(told)
    return found


_COMMANDS = {"fields": _fields, "filter": _filter, "sort": _sort, "limit": _limit, "stats": _stats}
