"""Packages of peers that npm has, each set in a directory of its own, outside the repository."""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks.peer_environments import NotInstallableError, cache

_FILES = ("package.json", "package-lock.json", ".npmrc")


def installed(pinned: Path) -> Path:
    """Return the directory with what a lock file pins, fetched once. Raises NotInstallableError."""
    digest = hashlib.sha256((pinned / "package-lock.json").read_bytes()).hexdigest()[:12]
    directory = cache() / f"{pinned.name}-{digest}"
    if not directory.exists():
        directory.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=directory.parent) as unfinished:
            target = Path(unfinished) / pinned.name
            target.mkdir()
            for name in _FILES:
                shutil.copy(pinned / name, target)
            _fetch(target)
            target.rename(directory)
    return directory


def _fetch(directory: Path) -> None:
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise NotInstallableError("there is no Node.js with npm")
    done = subprocess.run(  # noqa: S603 - npm, with files of our own
        [npm, "ci", "--ignore-scripts", "--silent"], cwd=directory, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise NotInstallableError("npm cannot fetch it")
