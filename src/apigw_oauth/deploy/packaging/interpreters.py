"""Python interpreters on this machine: what compiles for another Python has to be that Python."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

_ABOUT = "import sys; print(sys.implementation.name, *sys.version_info[:2], sys.version_info.releaselevel)"
_PLACES = (
    ("~/.pyenv/versions", "{python}.*/bin/python{python}"),
    ("~/.local/share/uv/python", "cpython-{python}.*/bin/python{python}"),
    ("~/.local/bin", "python{python}"),
    ("/usr/local/bin", "python{python}"),
    ("/usr/bin", "python{python}"),
    ("/opt", "*/bin/python{python}"),
    ("/opt/python", "cp*/bin/python{python}"),
    ("/opt/homebrew/bin", "python{python}"),
    ("/Library/Frameworks/Python.framework/Versions", "{python}/bin/python{python}"),
)
_PATIENCE = 20

Run = Callable[[Sequence[str]], str]
"""Executes a command, and returns what it prints. Raises OSError, and SubprocessError where it fails."""


def find(
    python: str, *, run: Run | None = None, candidates: Callable[[str], Iterator[str]] | None = None
) -> str | None:
    """Return an interpreter of a version such as `3.13`: the running one, else the first that is found.

    Others than released CPython write other files, and are passed over.
    """
    expected = f"cpython {python.replace('.', ' ')} final"
    for path in (candidates or _candidates)(python):
        try:
            said = (run or _run)([path, "-I", "-S", "-c", _ABOUT])
        except (OSError, subprocess.SubprocessError):
            continue
        if said.strip() == expected:
            return path
    return None


def _candidates(python: str) -> Iterator[str]:
    yield sys.executable
    named = shutil.which(f"python{python}")
    if named is not None:
        yield named
    for place, pattern in _PLACES:
        yield from map(str, sorted(Path(place).expanduser().glob(pattern.format(python=python))))


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(  # noqa: S603 - an interpreter that was found, and a text of our own
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True, timeout=_PATIENCE
    )
    return done.stdout
