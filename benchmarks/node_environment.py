"""Peers on Node.js: the packages of a lock file in a directory of their own, fetched once, by npm."""

import hashlib
import shutil
import subprocess
from pathlib import Path

from benchmarks.peer_environments import Install, NotInstallableError, cache, made_once

_FILES = ("package.json", "package-lock.json")


def node() -> str:
    """Return where Node.js is. Raises NotInstallableError."""
    found = shutil.which("node")
    if found is None:
        raise NotInstallableError("Node.js is not installed")
    return found


def packages(name: str, pins: Path, *, within: Path | None = None, install: Install | None = None) -> Path:
    """Return the directory with what the package.json and package-lock.json of a directory ask for.

    It is made anew where one of them has changed. Raises NotInstallableError.
    """
    digest = hashlib.sha256(b"".join((pins / file).read_bytes() for file in _FILES)).hexdigest()[:12]
    return made_once((within or cache()) / f"{name}-{digest}", pins, install or with_npm)


def with_npm(pins: Path, target: Path) -> None:
    """Install what is pinned into a directory; no package runs a script. Raises NotInstallableError."""
    npm = shutil.which("npm")
    if npm is None:
        raise NotInstallableError("npm is not installed")
    target.mkdir()
    for file in _FILES:
        shutil.copyfile(pins / file, target / file)
    done = subprocess.run(  # noqa: S603 - npm, with files of our own
        [npm, "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=target,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise NotInstallableError((done.stderr.strip().splitlines() or ["npm failed"])[0])
