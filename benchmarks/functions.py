"""The functions that are compared: ours from its ZIP, peers from the directory that their ZIP would be made of."""

import compileall
import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from apigw_oauth.deploy.packaging import package
from apigw_oauth.deploy.target import of_host
from apigw_oauth.project import load_project
from benchmarks.function_process import Function
from benchmarks.part import OURS
from benchmarks.peer_environments import Libraries, NotInstallableError

PEERS = Path(__file__).parent / "peers"
NO_WORK = "no work"
"""The name of the function that is no peer: it allows everything."""


class Peer(NamedTuple):
    """What people use instead."""

    name: str
    source: str
    """The file among the peers, without its ending."""
    libraries: str | None = None
    """The file among the requirements, without its ending."""


class Deployed(NamedTuple):
    """Functions by their names, and why others are missing."""

    functions: dict[str, Function]
    missing: dict[str, str]


def deploy(
    project: Mapping[str, str],
    peers: tuple[Peer, ...],
    environ: Mapping[str, str],
    directory: Path,
    find: Libraries,
    *,
    wheels: Path | None = None,
) -> Deployed:
    """Put functions into a directory; ours is that of the project with these files. Raises NotInstallableError.

    `find` returns where a set of libraries is. `wheels` is where ours takes its libraries from; else it asks pip.
    """
    runtime = find("runtime")
    archive = _package(project, directory / OURS, wheels)
    functions = {OURS: Function(_unpacked(archive), runtime, environ, archive=archive)}
    missing = {}
    for peer in peers:
        try:
            task = _theirs(peer, directory / peer.source, find)
        except NotInstallableError as error:
            missing[peer.name] = str(error)
        else:
            functions[peer.name] = Function(task, runtime, environ)
    return Deployed(functions, missing)


def _package(project: Mapping[str, str], directory: Path, wheels: Path | None) -> Path:
    """Do what `apigw-oauth package` does. Raises NotInstallableError."""
    target = of_host()
    if target is None:
        raise NotInstallableError("Lambda has neither this processor nor this Python")
    source, archive = directory / "project", directory / "authorizer.zip"
    source.mkdir(parents=True)
    for name, text in project.items():
        (source / name).write_text(text, encoding="utf-8")
    try:
        return package.build(load_project(source), output=archive, target=target, wheels=wheels).path
    except package.PackageError as error:
        raise NotInstallableError(str(error)) from None


def _unpacked(archive: Path) -> Path:
    """Do what Lambda does."""
    task = archive.parent / "task"
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(task)
    return task


def _theirs(peer: Peer, directory: Path, find: Libraries) -> Path:
    """Put a peer and its libraries into one directory, compiled."""
    task = directory / "task"
    if peer.libraries is None:
        task.mkdir(parents=True)
    else:
        shutil.copytree(find(peer.libraries), task)
    shutil.copyfile(PEERS / f"{peer.source}.py", task / "lambda_function.py")
    # Most are compiled already, but for times: a copy is older than it says.
    compileall.compile_dir(task, quiet=2)
    return task


def token_event(token: str) -> bytes:
    """Return the event of a TOKEN authorizer."""
    event = {
        "type": "TOKEN",
        "methodArn": "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/dev/GET/pets",
        "authorizationToken": f"Bearer {token}",
    }
    return json.dumps(event).encode()


def is_allowed(answer: bytes) -> bool:
    """Say whether an answer allows the request of the event."""
    statement = json.loads(answer)["policyDocument"]["Statement"][0]
    return bool(statement["Effect"] == "Allow")
