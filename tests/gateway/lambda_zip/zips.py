"""Deployment ZIPs made by hand, and functions that run from them."""

import importlib.metadata
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import pytest

from apigw_oauth.gateway.lambda_zip import runtime_packages
from apigw_oauth.gateway.lambda_zip.settings import FunctionSettings, Runtime
from apigw_oauth.gateway.lambda_zip.zip_function import ZipFunction


def has_runtime_client() -> bool:
    try:
        importlib.metadata.distribution(runtime_packages.CLIENT)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


needs_runtime_client = pytest.mark.skipif(
    not has_runtime_client(), reason="awslambdaric is not installed (pip install awslambdaric, on Linux)"
)


def zip_of(path: Path, **sources: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, source in sources.items():
            archive.writestr(f"{name}.py", source)
    return path


def runtime() -> Runtime:
    python = "{}.{}".format(*sys.version_info)
    return Runtime(sys.executable, python, tuple(map(Path, runtime_packages.installed())))


class Lines:
    """What a function writes, as it comes."""

    def __init__(self) -> None:
        self._lines: SimpleQueue[str] = SimpleQueue()
        self.seen: list[str] = []

    def __call__(self, line: str) -> None:
        self._lines.put(line)

    def wait_for(self, is_it: Callable[[str], bool]) -> str:
        while True:
            try:
                line = self._lines.get(timeout=30)
            except Empty:
                raise AssertionError(f"the line did not come; {self.seen}") from None
            self.seen.append(line)
            if is_it(line):
                return line


def function(file: Path, log: Callable[[str], object] = lambda _line: None, **options: Any) -> ZipFunction:
    limit = {"init_limit": options.pop("init_limit")} if "init_limit" in options else {}
    host = options.pop("host", {"PATH": "/usr/bin:/bin", "HOME": "/root", "SECRET_OF_THE_HOST": "x"})
    settings = FunctionSettings(**{"name": "authorizer", "runtime": runtime(), "timeout": 20.0, **options})
    return ZipFunction(file, settings, log=log, host=host, **limit)


def wait_until(is_so: Callable[[], bool]) -> None:
    for _ in range(3000):
        if is_so():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not come to that")


def has_ended(pid: int) -> bool:
    """Say whether a process is gone, or will be when somebody asks for its exit status."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("Z")
    except FileNotFoundError:
        return True
