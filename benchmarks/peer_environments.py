"""The libraries of peers, each set in a directory of its own, outside the repository: fetched once, by pip."""

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from apigw_oauth.deploy.packaging import wheel_tags
from apigw_oauth.deploy.target import of_host

REQUIREMENTS = Path(__file__).parent / "peers" / "requirements"

Install = Callable[[Path, Path], object]
Libraries = Callable[[str], Path]
"""Returns where a set of libraries is, by its name. Raises NotInstallableError."""


class NotInstallableError(Exception):
    """Pip cannot fetch a set of libraries; the message is its last word."""


def cache() -> Path:
    """Return where the directories are: APIGW_OAUTH_BENCHMARKS, or below the user's caches."""
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("APIGW_OAUTH_BENCHMARKS") or Path(caches) / "apigw-oauth-benchmarks")


def libraries(name: str, *, within: Path | None = None, install: Install | None = None) -> Path:
    """Return the directory with a set of libraries, compiled, for the running Python. Raises NotInstallableError.

    It is made anew where the file of requirements has changed.
    """
    pins = REQUIREMENTS / f"{name}.txt"
    digest = hashlib.sha256(pins.read_bytes() + " ".join(_platforms()).encode()).hexdigest()[:12]
    directory = (within or cache()) / f"{name}-{sys.implementation.cache_tag}-{digest}"
    return made_once(directory, pins, install or with_pip)


def made_once(directory: Path, pins: Path, install: Install) -> Path:
    """Return a directory with what is pinned; one that is not there is made, as a whole or not at all."""
    if not directory.exists():
        directory.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=directory.parent) as unfinished:
            target = Path(unfinished) / directory.name
            install(pins, target)
            target.rename(directory)
    return directory


def with_pip(pins: Path, target: Path) -> None:
    """Install what is pinned in a file, compiled, into a directory. Raises NotInstallableError."""
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-warn-conflicts"]
    options = ["--no-deps", "--only-binary=:all:", *_platforms(), "--compile", "--target", str(target)]
    done = subprocess.run(  # noqa: S603 - pip, with a file of our own
        [sys.executable, "-m", "pip", "install", *quiet, *options, "--requirement", str(pins)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise NotInstallableError((errors or ["pip failed"])[-1])


def _platforms() -> list[str]:
    """Return the options by which pip takes the wheels that run in Lambda, as ours does, and not others."""
    target = of_host()
    if target is None:
        return []
    return [option for one in wheel_tags.platforms(target) for option in ("--platform", one)]
