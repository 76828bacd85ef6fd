import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.authserver.servers import Clock, running

_CHROMIUM = "/usr/bin/chromium"
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(scope="session")
def ending():
    """What waits for the end of servers that were told to end: nobody needs to wait for it meanwhile."""
    ends: list[Callable[[], None]] = []
    yield ends
    for end in ends:
        end()


@pytest.fixture
def server(clock, ending):
    """A server of the test's own."""
    with running(clock, ending) as started:
        yield started


@pytest.fixture(scope="module")
def shared():
    """One server for tests that leave nothing behind."""
    with running() as started:
        yield started


@pytest.fixture(scope="module")  # while playwright is active, no other event loop can run in this thread
def chromium():
    path = _CHROMIUM if Path(_CHROMIUM).exists() else shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """A page of a browser that knows nothing yet; an error in a script fails the test."""
    context = chromium.new_context()
    opened = context.new_page()
    errors = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []
