"""Notice changes of a project's files."""

import threading
from collections.abc import Callable
from pathlib import Path

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.project import Project, project_file

_SUFFIXES = frozenset({".py", ".toml", ".yaml", ".yml", ".json", ".pem"})
_INTERVAL = 0.25  # seconds

Snapshot = dict[Path, tuple[int, int]]


class Watcher:
    """Looks at some directories, and calls back from a thread of its own when files in them have changed.

    It compares what it sees with what it saw, so that no change is lost between one restart and the next, as it
    would be with the operating system's notifications while nobody listens.
    """

    def __init__(
        self, directories: frozenset[Path], on_change: Callable[[], object], *, file: Path | None = None
    ) -> None:
        """Begin; `file` is watched too, whatever it is called."""
        self.directories = directories
        self._file = file
        self._on_change = on_change
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(self._snapshot(),), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._stop.set()
        self._thread.join()

    def _watch(self, known: Snapshot) -> None:
        changing = False
        while not self._stop.wait(_INTERVAL):
            seen = self._snapshot()
            if seen != known:
                known, changing = seen, True  # an editor may still be writing: wait until nothing moves
            elif changing:
                changing = False
                self._on_change()

    def _snapshot(self) -> Snapshot:
        seen = {}
        known = [path for directory in self.directories for path in directory.glob("*.*")]
        for path in [*known, *([] if self._file is None else [self._file])]:
            try:
                status = path.stat()
            except OSError:
                continue  # it has just gone
            if path.suffix in _SUFFIXES or path == self._file:
                seen[path] = (status.st_mtime_ns, status.st_size)
        return seen


def directories_of(project: Project) -> frozenset[Path]:
    """Return where the files are that the project names, and the packages beside them; not whole trees."""
    named = [project.path]
    if project.file.api.openapi:
        named.append(project.directory / project.file.api.openapi)
    if project.file.local.trust_store:
        named.append(project.directory / project.file.local.trust_store)
    functions = [one.integration.function for one in project.routes if one.integration is not None]
    named += [
        project.directory / function.rpartition(":")[0]
        for function in [*functions, project.file.authorizer.handler, project.file.authorizer.on_decision]
        if function
    ]
    roots = {path.parent for path in named}
    return frozenset(roots | {init.parent for root in roots for init in root.glob("*/__init__.py")})


def openapi_directory(path: Path) -> frozenset[Path]:
    """Return where the OpenAPI document is that a project file names, also if the document cannot be read."""
    try:
        openapi = project_file.read(path).api.openapi
    except SettingsError:
        return frozenset()
    return frozenset({(path.parent / openapi).parent} if openapi else ())
