"""`cryptography` for the target, from wheels: fetched with pip, or taken from a directory."""

import base64
import csv
import hashlib
import importlib.metadata
import io
import os
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from apigw_oauth.deploy.packaging import wheel_tags, zip_file
from apigw_oauth.deploy.packaging.package_error import PackageError
from apigw_oauth.deploy.packaging.wheel_tags import Wheel
from apigw_oauth.deploy.packaging.zip_file import Packed
from apigw_oauth.deploy.target import Target

NAMES = ("cffi", "cryptography")
"""Of cffi only what is compiled: the rest of it, and pycparser, are for those who write bindings."""

Fetch = Callable[[Sequence[str], Path, Target], None]
"""Puts wheels of distributions, such as `cffi==2.1.1`, into a directory. Raises PackageError."""
RunPip = Callable[[Sequence[str]], subprocess.CompletedProcess[str]]


class Libraries(NamedTuple):
    """What goes along of other people's work."""

    files: dict[str, bytes | Packed]
    """By their path in the ZIP."""
    versions: dict[str, str]


NONE = Libraries({}, {})


def libraries(
    target: Target, directory: Path | None, progress: Callable[[str], None], *, fetch: Fetch | None = None
) -> Libraries:
    """Return `cryptography` and what it needs, in the versions that are installed here. Raises PackageError.

    These versions are what the project was tried with, and they make equal environments write equal packages.
    """
    wanted = versions()
    found = (
        _found(directory, wanted, target) if directory else _fetched(wanted, target, progress, fetch or download)
    )
    files: dict[str, bytes | Packed] = {}
    for one in found:
        files |= content(one)
    return Libraries(files, wanted)


def versions() -> dict[str, str]:
    """Return the versions that are installed here."""
    return {name: importlib.metadata.version(name) for name in NAMES}


def cache_directory(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Return where fetched wheels are kept."""
    if environ.get("XDG_CACHE_HOME"):
        return Path(environ["XDG_CACHE_HOME"]) / "apigw-oauth"
    if platform == "win32" and environ.get("LOCALAPPDATA"):
        return Path(environ["LOCALAPPDATA"]) / "apigw-oauth" / "Cache"
    caches = Path.home() / ("Library/Caches" if platform == "darwin" else ".cache")
    return caches / "apigw-oauth"


def content(one: Wheel) -> dict[str, bytes | Packed]:
    """Return the files of a wheel that are used in Lambda, and its licences, as RECORD says they are.

    Raises PackageError for a wheel that is damaged.
    """
    files: dict[str, bytes | Packed] = {}
    try:
        with zipfile.ZipFile(one.path) as archive:
            (record,) = [name for name in archive.namelist() if name.endswith(".dist-info/RECORD")]
            hashes = {row[0]: row[1] for row in csv.reader(io.StringIO(archive.read(record).decode())) if row}
            for entry in archive.infolist():
                if entry.is_dir() or not _is_used(entry.filename):
                    continue
                data = archive.read(entry)
                _require(data, hashes[entry.filename])
                as_it_is = zip_file.packed(one.path, entry) if entry.filename.endswith(".so") else None
                files[entry.filename] = as_it_is or data
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, zlib.error):
        raise PackageError(f"{one.path}: is damaged; delete it, and fetch it again") from None
    return files


def _require(data: bytes, expected: str) -> None:
    """Raise ValueError for what RECORD knows otherwise."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
    if expected != f"sha256={digest}":
        raise ValueError(expected)


def _is_used(name: str) -> bool:
    top, _, rest = name.partition("/")
    if top.endswith(".dist-info"):
        return rest == "METADATA" or rest.startswith("licenses/") or rest.upper().startswith("LICEN")
    return name.endswith(".so") or (top == "cryptography" and name.endswith(".py"))


def _found(directory: Path, wanted: Mapping[str, str], target: Target) -> list[Wheel]:
    """Return the wheels from a directory. Raises PackageError."""
    if not directory.is_dir():
        raise PackageError(f"{directory}: is no directory; name one with wheels")
    found = chosen(directory, wanted, target)
    missing = [f"{name}=={version}" for name, version in wanted.items() if name not in found]
    if missing:
        command = " ".join(["pip download", *_options(target), "-d", str(directory), *missing])
        raise PackageError(
            f"{directory}: has no wheel of {' and '.join(missing)} for {target}; get it with `{command}`"
        )
    return [*found.values()]


def _fetched(
    wanted: Mapping[str, str], target: Target, progress: Callable[[str], None], fetch: Fetch
) -> list[Wheel]:
    """Return the wheels from the cache, fetched where they are not there yet. Raises PackageError."""
    # One directory for each target: what was fetched for another one must not be chosen where there is better.
    directory = cache_directory() / "wheels" / f"{target.runtime}-{target.architecture}"
    found = chosen(directory, wanted, target)
    missing = [f"{name}=={version}" for name, version in wanted.items() if name not in found]
    if missing:
        progress(f"fetching {' and '.join(missing)} for {target}")
        try:
            _fetch_into(directory, fetch, missing, target)
        except OSError as error:
            raise PackageError(
                f"{error.filename or directory}: wheels cannot be kept there: {error.strerror}; set XDG_CACHE_HOME"
                " to another place, or name a directory with wheels: --wheels DIR"
            ) from None
    return _found(directory, wanted, target)


def _fetch_into(directory: Path, fetch: Fetch, missing: Sequence[str], target: Target) -> None:
    """Fetch wheels so that nobody else finds half of one."""
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory) as beside:
        fetch(missing, Path(beside), target)
        for path in Path(beside).iterdir():
            path.replace(directory / path.name)


def chosen(directory: Path, wanted: Mapping[str, str], target: Target) -> dict[str, Wheel]:
    """Return the wheels of a directory that pip would choose for the target, as far as they are there."""
    wheels = [
        one for path in sorted(directory.glob("*.whl")) for one in [wheel_tags.wheel(path)] if one is not None
    ]
    found = {name: wheel_tags.best(wheels, name, version, target) for name, version in wanted.items()}
    return {name: one for name, one in found.items() if one is not None}


def _options(target: Target) -> list[str]:
    options = ["--no-deps", "--only-binary=:all:", "--implementation", "cp", "--python-version", target.python]
    return options + [part for platform in wheel_tags.platforms(target) for part in ("--platform", platform)]


def download(distributions: Sequence[str], directory: Path, target: Target, *, run: RunPip | None = None) -> None:
    """Have pip put wheels into a directory. Raises PackageError, with what pip says."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    done = (run or _run)([*command, *_options(target), "-d", str(directory), *distributions])
    if done.returncode == 0:
        return
    if "No module named pip" in done.stderr:
        raise PackageError(
            f"{sys.executable} has no pip, which fetches wheels; install it (`python -m ensurepip`, or"
            " `uv pip install pip`), or name a directory with wheels: --wheels DIR"
        )
    said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()[-1:]
    raise PackageError(
        f"pip cannot fetch {' and '.join(distributions)} for {target}: {' '.join(said)}; mend what it says, or"
        " name a directory with wheels: --wheels DIR"
    )


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - pip, with names and versions of our own
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
