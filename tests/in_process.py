"""A command of `apigw-oauth` without a process of its own, which would take longer to start than most commands run.

What makes a process stays: arguments, working directory, environment, exit status, and what is written to the file
descriptors, also by processes that the command starts.
"""

import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryFile
from typing import IO
from unittest.mock import patch

from apigw_oauth.cli.main import run_command

COMMANDS = frozenset({"check", "new", "package", "template", "token", "try"})
"""Those that end by themselves, and start nothing that outlives them; so does `demo --once`."""


def can_run(arguments: Sequence[str]) -> bool:
    """Say whether a command ends by itself, and leaves nothing behind."""
    ends = {"--help", "-h", "--version", "--once"}
    return not arguments or arguments[0] in COMMANDS or not ends.isdisjoint(arguments)


def run_here(arguments: Sequence[str], *, cwd: Path | None, environ: Mapping[str, str]) -> CompletedProcess[str]:
    """Run a command in this process, to its end."""
    with TemporaryFile("w+") as output, TemporaryFile("w+") as errors:
        with ExitStack() as stack:
            stack.enter_context(_writing_to(output, 1))
            stack.enter_context(_writing_to(errors, 2))
            stack.enter_context(_in_directory(cwd))
            stack.enter_context(patch.dict(os.environ, environ))
            stack.enter_context(patch.object(sys, "argv", ["apigw-oauth", *arguments]))
            stack.enter_context(_modules_of_its_own())
            stack.enter_context(_signals_as_they_were())
            status = _status()
        return CompletedProcess(list(arguments), status, _content(output), _content(errors))


def _status() -> int:
    try:
        run_command()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


@contextmanager
def _writing_to(file: IO[str], number: int) -> Iterator[None]:
    """Let everything that is written to a file descriptor go into a file."""
    name = {1: "stdout", 2: "stderr"}[number]
    kept = os.dup(number)
    try:
        os.dup2(file.fileno(), number)
        with (
            os.fdopen(os.dup(number), "w", encoding="utf-8", newline="") as stream,
            patch.object(sys, name, stream),
        ):
            yield
    finally:
        os.dup2(kept, number)
        os.close(kept)


@contextmanager
def _in_directory(directory: Path | None) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(directory or before)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def _modules_of_its_own() -> Iterator[None]:
    """Forget the modules of the project afterwards: another one may have modules of the same names."""
    path, before = list(sys.path), set(sys.modules)
    try:
        yield
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - before:
            file = getattr(sys.modules[name], "__file__", None) or ""
            if not file.startswith((sys.prefix, sys.base_prefix, str(Path(__file__).parents[1]))):
                del sys.modules[name]


@contextmanager
def _signals_as_they_were() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _content(file: IO[str]) -> str:
    file.seek(0)
    return file.read()
