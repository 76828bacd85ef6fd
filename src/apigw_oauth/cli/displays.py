"""What `serve` shows requests on: a document a line for scripts, or the console, which takes longer to load."""

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apigw_oauth.cli.local_stack.display import Display
    from apigw_oauth.project import Project


class JsonDisplay:
    """One JSON document a line on standard output; what is for people goes to standard error."""

    def ready(self, document: Mapping[str, Any]) -> None:
        """Print the addresses and credentials."""
        print(json.dumps(document), flush=True)

    def requests(self, lines: str) -> None:
        """Print what happened to requests, as the gateway's process wrote it: in one go, with one write."""
        sys.stdout.write(lines)
        sys.stdout.flush()

    def authorizer_log(self, line: Mapping[str, Any]) -> None:
        """Print what the authorizer logs, on standard error, where a script does not take it for a request."""
        _tell(json.dumps(line))

    def notice(self, text: str) -> None:
        """Print something that the developer should know."""
        _tell(text)

    def problem(self, text: str) -> None:
        """Print what is wrong."""
        _tell(f"error: {text}")


def _tell(text: str) -> None:
    # In one go: the gateway's process writes there too, and where output is not buffered, `print` writes twice.
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def display_of(project: "Project | None" = None, *, as_json: bool) -> "Display":
    """Return where to show what goes on; with a project, people are told an example of it."""
    if as_json:
        return JsonDisplay()
    from apigw_oauth.cli import example_route
    from apigw_oauth.cli.console import ConsoleDisplay

    return ConsoleDisplay(None if project is None else example_route.to_type(project))
