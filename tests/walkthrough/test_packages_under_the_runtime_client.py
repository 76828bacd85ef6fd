"""Packages for every Python that is on this machine, under the runtime client that Lambda has for it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from apigw_oauth.cli.new import write_project
from apigw_oauth.gateway.lambda_runtime import FunctionError
from apigw_oauth.gateway.lambda_zip import runtime_packages
from apigw_oauth.gateway.lambda_zip.settings import FunctionSettings, Runtime
from apigw_oauth.gateway.lambda_zip.zip_function import ZipFunction
from apigw_oauth.project import load_project
from tests.authorizer.lambda_environment import EVENTS, VALID, with_token, without_token
from tests.deploy.packaging.packages import AUTHLETE, INSTALLED, build, host, interpreter_of, project_of
from tests.gateway.lambda_zip.zips import Lines, needs_runtime_client
from tests.scripted_server import ScriptedServer, answer
from tests.serve_process import FREE, ServeProcess
from tests.walkthrough.six_steps import walk

pytestmark = needs_runtime_client

ON_HOST = "{}.{}".format(*sys.version_info)


def environment_for(python: str, directory: Path) -> Path:
    """A virtual environment with the runtime client for a Python. Return where its packages are."""
    interpreter = interpreter_of(python)
    assert interpreter is not None
    subprocess.run([interpreter, "-m", "venv", "--without-pip", str(directory)], check=True)
    packages = directory / "lib" / f"python{python}" / "site-packages"
    options = ["--target", str(packages), "--python-version", python, "--only-binary=:all:", "--no-compile"]
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", *quiet, *options, runtime_packages.CLIENT],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"pip cannot fetch the runtime client for Python {python}")
    return packages


def runtime_for(python: str, directory: Path) -> Runtime:
    """What runs a package: for the running Python, the runtime client that is installed with the tests."""
    if python == ON_HOST:
        return Runtime(sys.executable, python, tuple(map(Path, runtime_packages.installed())))
    packages = environment_for(python, directory)
    return Runtime(str(directory / "bin" / f"python{python}"), python, tuple(packages.iterdir()))


class Packaged(NamedTuple):
    """One package, and functions that run from it."""

    file: Path
    runtime: Runtime
    directory: Path

    def function(self, url: str, lines: Lines, name: str) -> ZipFunction:
        """The function for the events of a format: the package is the same, and it is told other settings."""
        # A policy for all routes, as answers to tokens have it where they are kept, is not in this package.
        kept = 'cache = "off"' if name == "token" else ""
        verifier = {**AUTHLETE, "base_url": url}
        settings = project_of(self.directory / name, verifier, event=name, authorizer=kept).authorizer_settings()
        path = self.directory / f"{name}.json"
        path.write_text(json.dumps(settings))
        environ = {"SECRET": "geheim", "APIGW_OAUTH_SETTINGS": str(path)}
        return ZipFunction(
            self.file,
            FunctionSettings(name="authorizer", runtime=self.runtime, environ=environ, timeout=30),
            log=lines,
            host={"PATH": "/usr/bin:/bin"},
        )


@pytest.fixture(scope="module", params=INSTALLED)
def packaged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Packaged:
    """A package for events that carry proofs: everything that others need is in it, cryptography too."""
    directory = tmp_path_factory.mktemp(f"python{request.param}")
    target = host()._replace(python=request.param)
    project = project_of(directory, AUTHLETE, event="websocket")
    package = build(project, directory / "authorizer.zip", target=target)
    return Packaged(package.path, runtime_for(request.param, directory / "environment"), directory)


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    known = {**VALID, "expiresAt": int((time.time() + 3600) * 1000)}  # functions have the time of this machine
    with ScriptedServer(*[answer(json.dumps(known).encode())] * 20) as running:
        yield running


def effect(said: Any) -> str:
    if "isAuthorized" in said:
        return "Allow" if said["isAuthorized"] else "Deny"
    (found,) = {statement["Effect"] for statement in said["policyDocument"]["Statement"]}
    return str(found)


@pytest.mark.parametrize("name", EVENTS)
def test_events_of_every_format_are_answered(packaged: Packaged, server: ScriptedServer, name: str):
    lines = Lines()
    function = packaged.function(server.url, lines, name)
    try:
        said = function.invoke(with_token(name))
        logged = json.loads(lines.wait_for(lambda line: '"effect"' in line))
        refusal = None
        try:
            refusal = effect(function.invoke(without_token(name)))
        except FunctionError as error:
            refusal = error.message
    finally:
        function.close()
    assert isinstance(said, dict)
    assert (effect(said), said["context"]["sub"]) == ("Allow", "john")
    assert (logged["effect"], logged["route"]) == ("Allow", EVENTS[name][1])
    assert refusal == ("Deny" if name.startswith("http") else "Unauthorized")


def test_the_walkthrough(packaged: Packaged):
    project, python = packaged.directory / "project", packaged.runtime.python
    write_project(project)
    file = build(load_project(project), project / "authorizer.zip", target=host()._replace(python=python)).path
    path = os.pathsep.join([str(Path(packaged.runtime.executable).parent), os.environ["PATH"]])
    server = ServeProcess(project, *FREE, "--zip", str(file), environ={"PATH": path})
    try:
        walk(server)
        assert not any("another" in message for message in server.messages)
    finally:
        assert server.stop() == 0
