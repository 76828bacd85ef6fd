"""Notice changes of a project's files."""

import threading
from collections.abc import Callable
from pathlib import Path

import watchfiles

from apigw_oauth.project import Project

_SUFFIXES = (".py", ".toml", ".yaml", ".yml", ".json")


class Watcher:
    """Calls back, from a thread of its own, after files of the project have changed."""

    def __init__(self, project: Project, on_change: Callable[[], object]) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(_directories(project), on_change), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._stop.set()
        self._thread.join()

    def _watch(self, directories: list[Path], on_change: Callable[[], object]) -> None:
        changes = watchfiles.watch(
            *directories,
            watch_filter=lambda _change, path: path.endswith(_SUFFIXES),
            stop_event=self._stop,
            recursive=False,
            debounce=200,
            rust_timeout=500,
            raise_interrupt=False,
        )
        for _ in changes:
            on_change()


def _directories(project: Project) -> list[Path]:
    """Return where the files are that the project names, and the packages beside them; not whole trees."""
    named = [project.path]
    if project.file.api.openapi:
        named.append(project.directory / project.file.api.openapi)
    functions = [one.integration.function for one in project.routes if one.integration is not None]
    named += [
        project.directory / function.rpartition(":")[0]
        for function in [*functions, project.file.authorizer.handler]
        if function
    ]
    roots = {path.parent for path in named}
    packages = {init.parent for root in roots for init in root.glob("*/__init__.py")}
    return sorted(roots | packages)
