"""Expressions of CloudWatch Logs Insights: what stands behind `filter`, and between the commas of `fields` and `stats`."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Record = Mapping[str, Any]
Evaluate = Callable[[Record], Any]

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"]*")|(?P<pattern>(?<=like[ ])/(?:[^/\\]|\\.)+/)|(?P<number>\d+(?:\.\d+)?(?P<unit>[smhd](?![\w]))?)
    |(?P<name>[@A-Za-z_][\w@]*)|(?P<sign>!=|<=|>=|[=<>()+*,\-\[\]/]))""",
    re.VERBOSE,
)
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    "<": lambda one, other: one is not None and one < other,
    ">": lambda one, other: one is not None and one > other,
}
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_AGGREGATES: Mapping[str, Callable[[Sequence[Any]], Any]] = {
    "count": len,
    "sum": sum,
    "min": min,
    "max": max,
    "avg": lambda values: sum(values) / len(values),
    "count_distinct": lambda values: len(set(values)),
    "earliest": lambda values: values[0],
    "latest": lambda values: values[-1],
}
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "ispresent": lambda value: value is not None,
    "strcontains": lambda text, part: int(text is not None and part in text),
}


class Parser:
    """Reads expressions; what it returns evaluates a row. In `stats` a row has the rows of its group under ''."""

    def __init__(self, text: str, used: set[str], known: set[str]) -> None:
        self._tokens: list[str] = []
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if match is None:
                raise ValueError(f"{text[position:]!r} cannot be read")
            self._tokens.append(match[0].strip())
            position = match.end()
        self._used = used
        self._known = known
        self.aggregates = False

    def peek(self) -> str | None:
        return self._tokens[0] if self._tokens else None

    def take(self) -> str:
        return self._tokens.pop(0)

    def accept(self, *words: str) -> str | None:
        return self.take() if self.peek() in words else None

    def note(self, name: str) -> None:
        if name not in self._known:
            self._used.add(name)

    def columns(self) -> list[tuple[str, Evaluate]]:
        found = []
        while True:
            before = [*self._tokens]
            evaluate = self.expression()
            name = "".join(before[: len(before) - len(self._tokens)])
            if self.accept("as"):
                name = self.take()
                self._known.add(name)
            found.append((name, evaluate))
            if not self.accept(","):
                return found

    def expression(self) -> Evaluate:
        return self._chain(self._both, {"or": lambda one, other: one or other})

    def _both(self) -> Evaluate:
        return self._chain(self._negated, {"and": lambda one, other: one and other})

    def _negated(self) -> Evaluate:
        if not self.accept("not"):
            return self._comparison()
        inner = self._negated()
        return lambda row: not inner(row)

    def _comparison(self) -> Evaluate:
        left = self._sum()
        sign = self.accept(*_COMPARE, "like", "in")
        if sign is None:
            return left
        if sign == "like":
            pattern = re.compile(self.take().strip("/"))
            return lambda row: (value := left(row)) is not None and pattern.search(str(value)) is not None
        if sign == "in":
            allowed = self._list()
            return lambda row: left(row) in allowed
        right, compare = self._sum(), _COMPARE[sign]
        return lambda row: compare(left(row), right(row))

    def _list(self) -> list[str]:
        texts = []
        self._expect("[")
        while not self.accept("]"):
            texts.append(self.take().strip('"'))
            self.accept(",")
        return texts

    def _sum(self) -> Evaluate:
        return self._chain(
            self._product, {"+": lambda one, other: one + other, "-": lambda one, other: one - other}
        )

    def _product(self) -> Evaluate:
        return self._chain(self._atom, {"*": lambda one, other: one * other, "/": lambda one, other: one / other})

    def _chain(self, part: Callable[[], Evaluate], signs: Mapping[str, Callable[[Any, Any], Any]]) -> Evaluate:
        left = part()
        while (sign := self.accept(*signs)) is not None:
            left = _joined(left, part(), signs[sign])
        return left

    def _atom(self) -> Evaluate:
        token = self.take()
        if token == "(":
            inner = self.expression()
            self._expect(")")
            return inner
        if token.startswith('"'):
            return lambda _row: token[1:-1]
        if token[0].isdigit():
            return lambda _row: float(token)
        if not re.fullmatch(r"[@\w]+", token):
            raise ValueError(f"{token!r} is no value")
        if self.accept("("):
            return self._call(token)
        self.note(token)
        return lambda row: row.get(token)

    def _call(self, name: str) -> Evaluate:
        if name == "bin":
            width = self.take()
            self._expect(")")
            seconds = int(width[:-1]) * _SECONDS[width[-1]]
            return lambda row: row["@timestamp"] // seconds * seconds
        if self.aggregates and (name in _AGGREGATES or name == "pct"):
            return self._aggregate(name)
        arguments = self._arguments()
        function = _FUNCTIONS[name]
        return lambda row: function(*(evaluate(row) for evaluate in arguments))

    def _aggregate(self, name: str) -> Evaluate:
        self.aggregates = False
        arguments: list[Evaluate] = [lambda _row: 1] if self.accept("*") else []
        arguments += self._arguments()
        self.aggregates = True

        def evaluate(row: Record) -> Any:
            members = sorted(row[""], key=lambda member: member["@timestamp"])
            values = [value for member in members if (value := arguments[0](member)) is not None]
            if name == "pct" and values:
                return sorted(values)[math.ceil(arguments[1]({}) / 100 * len(values)) - 1]
            return _AGGREGATES[name](values) if values or name == "count" else None

        return evaluate

    def _arguments(self) -> list[Evaluate]:
        found: list[Evaluate] = []
        while not self.accept(")"):
            found.append(self.expression())
            self.accept(",")
        return found

    def _expect(self, sign: str) -> None:
        if not self.accept(sign):
            raise ValueError(f"{sign} is missing before {self.peek()!r}")


def _joined(left: Evaluate, right: Evaluate, join: Callable[[Any, Any], Any]) -> Evaluate:
    return lambda row: join(left(row), right(row))
