"""Projects to package, and packages as Lambda has them: unpacked, and run by a bare interpreter."""

import functools
import json
import os
import subprocess
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from apigw_oauth.deploy.packaging import interpreters, package
from apigw_oauth.deploy.packaging.package import Package, PackageError
from apigw_oauth.deploy.target import PYTHONS, Target, of_host
from apigw_oauth.project import Project, load_project
from tests.authorizer.lambda_environment import EVENTS
from tests.authorizer.verifiers.jwt_tokens import AUDIENCE, ISSUER, KEYS

JWT = {"type": "jwt", "issuer": ISSUER, "audience": AUDIENCE, "jwks": KEYS}
INTROSPECTION = {
    "type": "introspection", "endpoint": "https://127.0.0.1:1/introspect", "client_id": "api", "client_secret": "env:SECRET",
}  # fmt: skip
AUTHLETE = {"type": "authlete", "base_url": "https://127.0.0.1:1", "api_key": "k", "api_secret": "env:SECRET"}
ENVIRON = {"SECRET": "geheim", "APIGW_OAUTH_METRICS": "test"}

# What a function answers that does not work as it should.
_BROKEN = {"internal_error", "unknown_event"}
_SCRIPT = """
import json, sys
bare = set(sys.modules)
told = json.loads(sys.argv[1])
sys.path[:0] = told["paths"]
import lambda_function
answers = []
for event in told["events"]:
    try:
        answers.append(lambda_function.handler(event, None))
    except Exception as error:
        answers.append(str(error))
modules = sorted(set(sys.modules) - bare)
others = [name for name in modules if name.partition(".")[0] not in sys.stdlib_module_names]
print(json.dumps({"answers": answers, "modules": modules, "others": others}))
"""


def toml(value: object) -> str:
    """A value as TOML has it: JSON, but for tables."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, date | float):
        return str(value)
    return json.dumps(value)


def project_of(
    directory: Path, *verifiers: Mapping[str, Any], event: str = "request", authorizer: str = "", routes: str = ""
) -> Project:
    """A project whose authorizer gets the events of a format; `routes` and `authorizer` are further lines."""
    kind = "websocket" if event == "websocket" else "http" if event.startswith("http") else "rest"
    chosen = {
        "token": 'event = "token"',
        "http-1.0": 'payload_format = "1.0"',
        "http-2.0": 'payload_format = "2.0"\nsimple_responses = false',
        "http-2.0-simple": 'payload_format = "2.0"\nsimple_responses = true',
    }.get(event, "")
    lines = ["[api]", f'type = "{kind}"', "[routes]", f'"{EVENTS[event][1]}" = ["profile"]', routes]
    lines += ["[authorizer]", chosen, authorizer]
    for table in verifiers:
        lines += ["[[verifiers]]", *(f"{json.dumps(key)} = {toml(value)}" for key, value in table.items())]
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "apigw-oauth.toml").write_text("\n".join(lines))
    return load_project(directory)


def host() -> Target:
    """What runs here."""
    found = of_host()
    assert found is not None, "these tests run on processors that Lambda has"
    return found


@functools.cache
def interpreter_of(python: str) -> str | None:
    return interpreters.find(python)


INSTALLED = [python for python in PYTHONS if interpreter_of(python) is not None]
"""The runtimes of which there is an interpreter here."""


def build(project: Project, output: Path, **options: Any) -> Package:
    """Package a project, and skip the test that needs wheels which cannot be had."""
    try:
        return package.build(project, output=output, **{"target": host(), **options})
    except PackageError as error:
        if "pip cannot fetch" in str(error):
            pytest.skip(str(error))
        raise


def names_in(path: Path) -> set[str]:
    return set(zipfile.ZipFile(path).namelist())


def modules_in(names: Iterable[str]) -> set[str]:
    """The modules of this package that some files are."""
    ours = [name.rpartition(".")[0] for name in names if name.startswith("apigw_oauth/")]
    return {name.replace("/", ".").removesuffix(".__init__") for name in ours}


class Run(NamedTuple):
    """What became of events that a function was given."""

    answers: list[Any]
    modules: set[str]
    """All that were imported."""
    others: set[str]
    """Those that are not in the standard library."""


def run(
    interpreter: str,
    paths: Sequence[Path],
    events: Sequence[Mapping[str, Any]],
    environ: Mapping[str, str] = ENVIRON,
) -> Run:
    """Run a function by an interpreter for which nothing is installed."""
    told = json.dumps({"paths": [str(path) for path in paths], "events": events})
    done = subprocess.run(
        [interpreter, "-I", "-S", "-c", _SCRIPT, told],
        env={
            "LAMBDA_TASK_ROOT": str(paths[0]),
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1",
            "PATH": os.environ["PATH"],
            **environ,
        },
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert not _BROKEN & {answer for answer in said["answers"] if isinstance(answer, str)}, done.stdout
    return Run(said["answers"], set(said["modules"]), set(said["others"]))
