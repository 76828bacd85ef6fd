"""What `try` shows to people; colours only on a terminal."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from apigw_oauth.authorizer.authorizer_context import CHALLENGE_KEY
from apigw_oauth.cli.text_width import text_width
from apigw_oauth.cli.trying import moments

_COLOURS = {"passed": "green", "failed": "red", "unknown": "yellow"}
_CACHED = {
    "public": "public: not asked",
    "allow": "allow",
    "refuse": "refused",
    "asked again": "not used: asked again",
    "not asked": "no token there: 401",
    "no path": "no path takes it",
}
_REPEATED = ("multiValueHeaders", "multiValueQueryStringParameters")
_LEFT_OUT = ("requestContext", *_REPEATED)


class TryDisplay:
    """Prints the document of an attempt."""

    def __init__(self, console: Console | None = None) -> None:
        """Set up; a console is one of the right width."""
        self._out = console or _console()

    def show(self, document: Mapping[str, Any]) -> None:
        """Print everything, in the order in which it happened."""
        with self._out.capture() as printed:
            self._sections(document)
        for line in printed.get().splitlines():
            print(line.rstrip(), file=self._out.file)  # rich fills up lines with spaces

    def _sections(self, document: Mapping[str, Any]) -> None:
        self._who(document)
        self._event(document)
        self._checks(document)
        self._answer(document["answer"], ours=bool(document["checks"]))
        self._after_the_end(document["after_the_end"])
        if document["advice"]:
            self._heading("what to change")
            self._lines([document["advice"]])
        self._routes(document["routes"])
        if document["notices"]:
            self._heading("notes")
            self._lines(document["notices"])

    def _who(self, document: Mapping[str, Any]) -> None:
        route, request = document["route"], document["request"]
        told = f"{route['key']}, requires {route['requires']}" if route else "none of the project"
        grid = _grid()
        grid.add_row("authorization server", escape(document["authorization_server"]))
        grid.add_row("request", escape(f"{request['method']} {request['path']}"))
        grid.add_row("route", escape(told))
        self._out.print(grid)

    def _event(self, document: Mapping[str, Any]) -> None:
        event = document["event"]
        if not event:
            because = escape(document["answer"]["because"])
            self._out.print(f"\n[bold]API Gateway does not ask the authorizer:[/] {because}")
            return
        shown = {name: value for name, value in event.items() if name not in _LEFT_OUT and value not in ({}, None)}
        left_out = [name for name in _LEFT_OUT if event.get(name)]
        self._heading("API Gateway asks the authorizer with this event")
        self._json(shown)
        if left_out:
            self._lines([f"[dim]and {', '.join(left_out)}: shown with --json[/]"], markup=True)

    def _checks(self, document: Mapping[str, Any]) -> None:
        if document["checks"]:
            self._heading("checks")
            grid = _grid()
            for one in document["checks"]:
                outcome = one["outcome"]
                reason = f": [bold]{one['reason']}[/]" if one["reason"] else ""
                grid.add_row(f"[{_COLOURS.get(outcome, 'dim')}]{outcome}[/]", f"{one['check']}{reason}")
            self._indented(grid)
        if token := document["token"]:
            who = [f"client {token['client_id']}"] if token["client_id"] else []
            who.append(f"subject {token['sub']}" if token["sub"] else "no subject")
            who.append(f"scopes {' '.join(token['scopes'])}" if token["scopes"] else "no scopes")
            who.append(token["ends"] or "no end known")
            self._heading("the token")
            self._lines([", ".join(who)])
        told = [line for line in document["log"] if line.get("message")]
        self._lines(f"the authorizer logs {line.get('reason', line['level'])}: {line['message']}" for line in told)

    def _answer(self, answer: Mapping[str, Any], *, ours: bool) -> None:
        colour = "green" if answer["passes"] else "red"
        told = "goes on to what is behind the route" if answer["passes"] else f"the client gets {answer['status']}"
        self._heading("the answer")
        self._lines([f"[{colour}]{told}[/]: {escape(answer['because'])}"], markup=True)
        grid = _grid()
        if answer["challenge"]:
            grid.add_row("WWW-Authenticate", escape(answer["challenge"]))
        if answer["body"]:
            grid.add_row("body", escape(answer["body"]))
        if answer["failure"] and not ours:
            grid.add_row("the function raised", escape(answer["failure"]))
        if answer["principal_id"]:
            grid.add_row("principal", escape(str(answer["principal_id"])))
        if answer["is_authorized"] is not None:
            grid.add_row("isAuthorized", json.dumps(answer["is_authorized"]))
        for name, told in _statements(answer["policy"]):
            grid.add_row(escape(name), escape(told))
        context = answer["context"]
        for name, value in (context if isinstance(context, Mapping) else {}).items():
            told = f"{name} = {value}" + (" (for refusals)" if name == CHALLENGE_KEY and answer["passes"] else "")
            grid.add_row("context", escape(told))
        self._indented(grid)

    def _after_the_end(self, after: Mapping[str, Any] | None) -> None:
        if after is None:
            return
        status = "still allowed" if after["status"] < 300 else str(after["status"])
        challenge = f", {after['challenge']}," if after["challenge"] else ""
        self._heading("when the token has ended")
        told = (
            f"After {moments.moment_of(after['end'])} UTC: {status}{challenge} until the entry of API Gateway's"
            f" cache dies (TTL {after['ttl']} s); then the authorizer is asked again, and refuses."
        )
        self._lines([told])

    def _routes(self, routes: Mapping[str, Any] | None) -> None:
        if routes is None:
            return
        self._heading("every route, with the same token")
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        for name in ("route", "request", "this answer, cached", "asked anew", ""):
            table.add_column(name, overflow="fold")
        for row in routes["rows"]:
            cached = (
                _CACHED[row["cached"]] if routes["ttl"] or row["cached"] != "asked again" else "nothing is kept"
            )
            status = f" ({row['cached_status']})" if row["cached"] == "refuse" else ""
            differs = "[red bold]differs[/]" if row["differs"] else ""
            table.add_row(escape(row["route"]), escape(row["path"]), cached + status, _fresh(row), differs)
        self._indented(table)
        if not routes["asked_anew"]:
            self._lines(["The authorizer was not asked about each: there are many routes. --all asks it."])

    def _heading(self, text: str) -> None:
        self._out.print(f"\n[bold]{text}[/]")

    def _lines(self, lines: Iterable[str], *, markup: bool = False) -> None:
        for line in lines:
            self._indented(line if markup else escape(line))

    def _json(self, value: Any) -> None:
        self._indented(escape(json.dumps(value, indent=2, ensure_ascii=False)))

    def _indented(self, what: Table | str) -> None:
        self._out.print(Padding(what, (0, 0, 0, 2)))


def _fresh(row: Mapping[str, Any]) -> str:
    status = row["fresh_status"]
    if status is None:
        return ""
    return "allow" if status < 300 else str(status)


def _statements(policy: Any) -> Iterable[tuple[str, str]]:
    statements = policy.get("Statement") if isinstance(policy, Mapping) else None
    for statement in statements if isinstance(statements, list) else []:
        if isinstance(statement, Mapping):
            resource = statement.get("Resource", statement.get("NotResource"))
            for one in resource if isinstance(resource, list) else [resource]:
                yield f"policy: {statement.get('Effect')}", str(one)
            if "Condition" in statement:
                yield "  if", json.dumps(statement["Condition"])


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    return grid


def _console() -> Console:
    return Console(highlight=False, width=text_width())
