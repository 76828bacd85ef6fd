"""ZIP files: bytes, files, and the modules that a function has imported when it has decided for the first time.

Those of peers are what `pip install --target` writes, with the function, zipped; pip compiles what it installs.
"""

import io
import json
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks import introspection, jwt_cold
from benchmarks.footprints import Footprints
from benchmarks.function_process import Function, FunctionFailedError, FunctionProcess
from benchmarks.functions import NO_WORK, Deployed, is_allowed
from benchmarks.issuer import Issuer
from benchmarks.part import Effort, Section
from benchmarks.peer_environments import Libraries, NotInstallableError, libraries

_HEADS = 30 + 46
"""Bytes around a file in a ZIP file, beside its name, which is there twice."""
_COUNTING = """\
import sys

from lambda_function import handler as counted


def handler(event, context):
    return {"answer": counted(event, context), "modules": len(sys.modules)}
"""


class Sizes(NamedTuple):
    """What a ZIP file is."""

    zipped: float
    """In KB of 1,000 bytes, as the others."""
    without_bytecode: float
    """Zipped, where nothing that has a source is compiled."""
    unpacked: float
    files: int


def sections(_effort: Effort, find: Libraries = libraries, *, wheels: Path | None = None) -> list[Section]:
    """Look at all files, once."""
    return [of_introspection(find), of_jwt(find, wheels=wheels)]


def of_introspection(find: Libraries) -> Section:
    """Look at functions that introspect each token."""
    told = _footprints("introspection", introspection.LIMIT)
    with tempfile.TemporaryDirectory() as name, introspection.server_of(Path(name)) as server:
        try:
            deployed = introspection.deployed_in(Path(name), server, find)
        except NotInstallableError as error:
            return Section(told.title, f"Not measured: {error}.")
        return told.section(measured(deployed, next(introspection.events())), deployed.missing)


def of_jwt(find: Libraries, *, wheels: Path | None = None) -> Section:
    """Look at functions that verify JWTs."""
    told, issuer = _footprints("JWT", jwt_cold.LIMIT), Issuer()
    with tempfile.TemporaryDirectory() as name, jwt_cold.server_of(Path(name), issuer) as server:
        try:
            deployed = jwt_cold.deployed_in(Path(name), server, find, wheels=wheels)
        except NotInstallableError as error:
            return Section(told.title, f"Not measured: {error}.")
        return told.section(measured(deployed, next(jwt_cold.events(issuer))), deployed.missing)


def measured(deployed: Deployed, event: bytes) -> Mapping[str, tuple[float, ...]]:
    """Return the sizes of all functions but the one that does no work, and their modules beyond its own."""
    sizes = {name: sizes_of(function) for name, function in deployed.functions.items() if name != NO_WORK}
    modules = {name: _modules(name, function, event) for name, function in deployed.functions.items()}
    return {name: (*found, modules[name] - modules[NO_WORK]) for name, found in sizes.items()}


def sizes_of(function: Function) -> Sizes:
    """Return what the ZIP file of a function is, or would be."""
    if function.archive is not None:
        with zipfile.ZipFile(function.archive) as archive:
            return _sizes(archive, function.archive.stat().st_size)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(function.task.rglob("*")):
            if path.is_file():
                archive.writestr(str(path.relative_to(function.task)), path.read_bytes())
    with zipfile.ZipFile(written) as archive:
        return _sizes(archive, len(written.getvalue()))


def _sizes(archive: zipfile.ZipFile, zipped: int) -> Sizes:
    files = archive.infolist()
    beside = [one for one in files if "/__pycache__/" in f"/{one.filename}"]  # bytecode of what is there as source
    without = zipped - sum(one.compress_size + _HEADS + 2 * len(one.filename.encode()) for one in beside)
    return Sizes(zipped / 1000, without / 1000, sum(one.file_size for one in files) / 1000, len(files))


def _modules(name: str, function: Function, event: bytes) -> int:
    """Return how many modules there are after the first answer."""
    (function.task / "counting.py").write_text(_COUNTING, encoding="utf-8")
    with FunctionProcess(function._replace(handler="counting.handler")) as process:
        answer, _ = process.first(event)
    said = json.loads(answer)
    if not is_allowed(json.dumps(said["answer"]).encode()):
        raise FunctionFailedError(f"{name} does not allow a request that it should: {answer.decode()}")
    return int(said["modules"])


def _footprints(about: str, limit: str) -> Footprints:
    return Footprints(
        slug=f"zip-{about.lower()}",
        title=f"ZIP, {about}",
        about="KB are 1,000 bytes. Modules: those that are there after the first decision, and not without work.",
        columns=("KB zipped", "KB without __pycache__", "KB unpacked", "files", "modules imported"),
        charted=0,
        form="{:,.0f}",
        limit=limit,
        compared=(0, 1, 3, 4),
    )
