"""An authorization server with a script, and projects that ask it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cli.trying.attempts import PETS, SECRET, says, write_project
from tests.scripted_server import Behaviour, ScriptedServer


@pytest.fixture
def authlete(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., ScriptedServer]]:
    """Starts the server: `authlete(behaviour)`."""
    monkeypatch.setenv("TRY_SECRET", SECRET)
    with ExitStack() as started:

        def start(*behaviours: Behaviour) -> ScriptedServer:
            return started.enter_context(ScriptedServer(*(behaviours or (says(),))))

        yield start


@pytest.fixture
def pets(tmp_path: Path, authlete: Callable[..., ScriptedServer]) -> Path:
    """A project whose authorization server likes every token."""
    return write_project(tmp_path, authlete().url, PETS)
