"""What many tests need, and the rule about skipped ones."""

import os
from collections.abc import Generator, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import is_hypothesis_test, settings

from apigw_oauth.cli.new import write_project
from tests.ministack import Ministack
from tests.ministack import running as running_ministack
from tests.serve_process import FREE, ServeProcess
from tests.untraced import untraced

# Examples take as long as the machine lets them; in CI the same ones are tried every time.
settings.register_profile("apigw-oauth", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("apigw-oauth")

# The processes of pytest-xdist are told how wide the terminal is; the commands that tests start are not to fill it.
os.environ.pop("COLUMNS", None)

# Processes that are started over and over are to find their modules compiled: it takes them a third of the time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

_MEASURED = "COVERAGE_PROCESS_CONFIG"


# Files with what is theirs come first: they take longest, and at the end everybody would wait for the last one.
_PROCESSES = frozenset(
    {"tests.serve_process", "tests.ministack", "tests.interop.server_process", "tests.deploy.packaging.packages"}
)
_SERVED = frozenset({"chromium", "django", "ministack", "oidc_provider", "shared_serve"})


def pytest_configure(config: pytest.Config) -> None:
    """Have pytest-xdist take files in the order in which they are collected, not those with most tests first."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that start processes."""
    slow = {item.path for item in items if isinstance(item, pytest.Function) and _starts_processes(item)}
    items.sort(key=lambda item: item.path not in slow)


def _starts_processes(item: pytest.Function) -> bool:
    imported = {getattr(value, "__module__", None) for value in vars(item.module).values()}
    return not _PROCESSES.isdisjoint(imported) or not _SERVED.isdisjoint(item.fixturenames)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Count no line as covered because of examples made up at random.

    A line that is reached by chance alone has no test that says so; and examples take half the time where they are
    not traced. (The marker `no_cover` of pytest-cov does not do that in the processes of pytest-xdist: there coverage
    is started more than once, and when one stops, another goes on.)
    """
    is_random = isinstance(item, pytest.Function) and is_hypothesis_test(item.obj)
    with untraced() if is_random or item.get_closest_marker("untraced") else nullcontext():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failure where everything is required to run."""
    report = yield
    if os.environ.get("APIGW_OAUTH_REQUIRE_ALL") == "1" and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, but APIGW_OAUTH_REQUIRE_ALL=1: {report.longrepr}"
    return report


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project as `apigw-oauth new` writes it."""
    directory = tmp_path / "project"
    write_project(directory)
    return directory


@pytest.fixture(scope="session")
def shared_serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServeProcess]:
    """A running project, for tests that change nothing in it."""
    directory = tmp_path_factory.mktemp("shared") / "project"
    write_project(directory)
    server = ServeProcess(directory, *FREE)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def ministack() -> Iterator[Ministack]:
    """A local AWS for the whole session: tests give what they make there names of their own."""
    with running_ministack() as started:
        yield started


@pytest.fixture(scope="session", autouse=True)
def coverage_of_processes() -> Iterator[str | None]:
    """Start processes without coverage, with which they take twice as long, and tell what would start it."""
    with pytest.MonkeyPatch.context() as patch:
        configuration = os.environ.get(_MEASURED)
        patch.delenv(_MEASURED, raising=False)
        yield configuration


@pytest.fixture
def measured_processes(coverage_of_processes: str | None) -> Iterator[None]:
    """Start processes with coverage: what they run is measured nowhere else."""
    with pytest.MonkeyPatch.context() as patch:
        if coverage_of_processes is not None:
            patch.setenv(_MEASURED, coverage_of_processes)
        yield
