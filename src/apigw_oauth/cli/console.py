"""What `serve` shows people: addresses and what to type, then a line a request."""

import json
import shlex
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from rich.console import Console
from rich.markup import escape

from apigw_oauth.cli.example_route import ExampleRoute

_COLOURS = {"allow": "green", "public": "green", "deny": "yellow", "unauthorized": "yellow", "error": "red"}


class ConsoleDisplay:
    """For people: what to type next, then one line a request. Colours only on a terminal."""

    def __init__(self, example: ExampleRoute | None = None) -> None:
        """Set up; the example is shown as something to type."""
        self._example = example
        self._out = Console(highlight=False, soft_wrap=True)
        self._err = Console(highlight=False, soft_wrap=True, stderr=True)

    def ready(self, document: Mapping[str, Any]) -> None:
        """Print where everything is, and what to type."""
        self._out.print(f"[bold]gateway[/]               {document['gateway']}")
        if document.get("ca"):
            self._out.print(f"  CA certificate       {escape(document['ca'])}  [dim](curl --cacert, or -k)[/]")
        if document.get("zip"):
            self._out.print(f"[bold]authorizer[/]            {escape(document['zip'])}")
        authserver = document["authserver"]
        if authserver is None:
            self._out.print("[bold]authorization server[/]  the one in the project file\n\nCtrl-C ends.\n")
            return
        self._out.print(f"[bold]authorization server[/]  {authserver}")
        self._out.print(f"  API key              {document['service_api_key']}")
        self._out.print(f"  API secret           {document['service_api_secret']}")
        self._out.print(f"  service access token {document['service_access_token']}  [dim](API version 3)[/]")
        for client in document["clients"]:
            secret = "no secret" if client["client_secret"] is None else f"secret {client['client_secret']}"
            self._out.print(f"  client               {escape(client['client_id'])}, {secret}")
        page = f"{authserver}/api/auth/authorization/direct/{document['service_api_key']}"
        asked = {"client_id": document["clients"][0]["client_id"]}
        if self._example is not None and self._example.scope:
            asked["scope"] = self._example.scope
        self._out.print("\nIn another terminal, in the directory of the project:")
        mutual_tls = bool(document.get("mutual_tls"))
        line = _to_type(self._example, document["gateway"], mutual_tls=mutual_tls)
        self._out.print(f"  {line}", markup=False)
        self._out.print("In a browser (log in with API key and API secret):")
        self._out.print(f"  {page}?response_type=token&{urlencode(asked)}", markup=False)
        self._out.print("\nFiles of the project are watched. Ctrl-C ends.\n")

    def requests(self, lines: str) -> None:
        """Print of each request status, method, path, route, what the authorizer did, and its time."""
        for line in lines.splitlines():
            self._request(json.loads(line))

    def _request(self, record: Mapping[str, Any]) -> None:
        colour = _COLOURS.get(record["decision"], "cyan")
        authorizer = "" if record["authorizer"] in {"none", "not invoked"} else f" ({record['authorizer']})"
        self._out.print(
            f"[{colour}]{record['status']}[/] {escape(record['method'])} {escape(record['path'])}"
            f" [dim]· {escape(record['route'] or 'no route')} ·[/] {record['decision']}{authorizer}"
            f" [dim]· {escape(record['reason'])} · {record['ms']} ms[/]"
        )

    def authorizer_log(self, line: Mapping[str, Any]) -> None:
        """Print why the authorizer let nobody through; that it let somebody through shows in the request."""
        if line.get("level") == "info" and line.get("effect") == "Allow":
            return
        colour = {"error": "red", "warning": "yellow"}.get(str(line.get("level")), "dim")
        said = line.get("message") or ""
        who = f"client {line['client_id']}" if line.get("client_id") else ""
        told = " · ".join(part for part in (str(line.get("reason") or ""), str(said), who) if part)
        self._err.print(f"    [{colour}]authorizer: {escape(told)}[/]")

    def notice(self, text: str) -> None:
        """Print something that the developer should know."""
        self._err.print(f"[cyan]{escape(text)}[/]")

    def problem(self, text: str) -> None:
        """Print what is wrong."""
        self._err.print(f"[red]{escape(text)}[/]")


def _to_type(example: ExampleRoute | None, gateway: str, *, mutual_tls: bool) -> str:
    """Return a command that works as it is, if the project has a route that lets somebody through.

    With mutual TLS the certificate is the caller's own: where it goes is all that can be said.
    """
    if example is None:
        return "apigw-oauth check"
    scope = f" --scope {shlex.quote(example.scope)}" if example.scope else ""
    header = "" if example.public else f' -H "{example.header}: Bearer $(apigw-oauth token{scope})"'
    certificate = " --cert client.pem --key client.key" if mutual_tls else ""
    if gateway.startswith("ws"):
        unverified = " -n" if gateway.startswith("wss:") else ""
        return f"npx wscat{unverified}{certificate} -c {gateway}{header}"
    # With -X HEAD, curl would wait for a body that never comes.
    method = {"GET": "-i", "HEAD": "-I"}.get(example.method, f"-i -X {example.method}")
    unverified = " -k" if gateway.startswith("https:") else ""
    return f"curl{unverified}{certificate} {method} {shlex.quote(gateway + example.path)}{header}"
