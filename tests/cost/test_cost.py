"""What a decision and a start cost, against what they may: a change that makes either dearer is noticed.

The limits are the most that was counted with CPython 3.11 to 3.13, and a tenth more. Where a change costs more and is
worth it, its new count goes here; where one costs less, too.
"""

import json
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.authorizer.lambda_environment import event
from tests.authorizer.verifiers.jose_signing import public_jwk
from tests.authorizer.verifiers.jwt_tokens import AUDIENCE, ISSUER, token
from tests.cost.counting import TIMES, Task, is_there
from tests.deploy.packaging.packages import build, project_of
from tests.scripted_server import ScriptedServer, answer

ACTIVE = {"active": True, "sub": "john", "client_id": "app", "scope": "profile email", "exp": 4_000_000_000}
EVENTS = 60

needs_valgrind = pytest.mark.skipif(not is_there("valgrind"), reason="valgrind is not installed")
needs_strace = pytest.mark.skipif(not is_there("strace"), reason="strace is not installed")


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Task]:
    """A function that asks about each token."""
    with ScriptedServer(answer(json.dumps(ACTIVE).encode())) as server:
        verifier = {
            "type": "introspection", "endpoint": f"{server.url}/introspect", "client_id": "api", "client_secret": "env:SECRET",
        }  # fmt: skip
        tokens = [f"{number:04}-SlAV32hkKG" for number in range(EVENTS)]
        yield task_of(tmp_path_factory.mktemp("asking"), verifier, tokens)


@pytest.fixture(scope="module")
def remembering(asking: Task, tmp_path_factory: pytest.TempPathFactory) -> Task:
    """The same, which gets the same token again and again."""
    directory = tmp_path_factory.mktemp("remembering")
    for path in asking.directory.rglob("*"):
        if path.is_file():
            target = directory / path.relative_to(asking.directory)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    write_events(directory, ["0001-SlAV32hkKG"] * EVENTS)
    return Task(directory)


@pytest.fixture(scope="module")
def verifying(tmp_path_factory: pytest.TempPathFactory) -> Task:
    """A function that verifies each token by the key of its issuer."""
    key = public_jwk("RSA", kid="2", use="sig")
    verifier = {
        "type": "jwt",
        "issuer": ISSUER,
        "audience": AUDIENCE,
        "algorithms": ["RS256"],
        "jwks": {"keys": [key]},
    }
    now = int(time.time())
    tokens = [
        token({"alg": "RS256", "kid": "2"}, iat=now, exp=now + 3600, jti=str(number)) for number in range(EVENTS)
    ]
    return task_of(tmp_path_factory.mktemp("verifying"), verifier, tokens)


def task_of(directory: Path, verifier: dict[str, Any], tokens: list[str]) -> Task:
    project = project_of(directory / "project", verifier)
    built = build(project, directory / "authorizer.zip", allow_loopback=True)
    task = directory / "task"
    with zipfile.ZipFile(built.path) as archive:
        archive.extractall(task)
    write_events(task, tokens)
    return Task(task)


def write_events(directory: Path, tokens: list[str]) -> None:
    (directory / "events.json").write_text(json.dumps([event(token=token) for token in tokens]))


@needs_valgrind
def test_a_start_with_its_first_decision_is_not_dearer_than_it_was(asking: Task, verifying: Task):
    least = asking.instructions("import", 0)
    assert asking.instructions("decide", 0) / least < 1.3
    assert verifying.instructions("decide", 0) / least < 1.56


@needs_valgrind
def test_a_decision_is_not_dearer_than_it_was(asking: Task, remembering: Task):
    least, first = asking.instructions("import", 0), asking.instructions("decide", 0)
    assert (asking.instructions("decide", TIMES) - first) / TIMES / least < 0.0023
    assert (remembering.instructions("decide", TIMES) - first) / TIMES / least < 0.00128


def test_a_decision_calls_no_more_functions_than_it_did(asking: Task, remembering: Task, verifying: Task):
    assert asking.calls("decide") < 238
    assert remembering.calls("decide") < 120
    assert verifying.calls("decide") < 212


def test_a_decision_takes_no_more_memory_than_it_did(asking: Task, remembering: Task, verifying: Task):
    assert asking.octets("decide") < 74_000  # 65,536 of them are for an answer
    assert remembering.octets("decide") < 2_700
    assert verifying.octets("decide") < 5_460


@needs_strace
def test_a_decision_makes_no_system_call_that_it_could_do_without(
    asking: Task, remembering: Task, verifying: Task
):
    # Is the connection alive, the request, is there an answer, the answer, the line in the log.
    assert asking.system_calls("decide") == {"poll": 2, "sendto": 1, "recvfrom": 1, "write": 1}
    assert remembering.system_calls("decide") == {"write": 1}
    assert verifying.system_calls("decide") == {"write": 1}
