"""A function of somebody's own that is told of each decision, and changes none."""

import json
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from apigw_oauth.authorizer import decision_hook
from apigw_oauth.authorizer.decision_hook import MOST_KINDS, DecisionHook
from apigw_oauth.authorizer.errors import SettingsError, UnauthorizedError
from apigw_oauth.authorizer.lambda_handler import AuthorizerFailedError, make_handler
from tests.authorizer.conftest import FakeClock
from tests.authorizer.lambda_environment import INACTIVE, SECRET, TOKEN, VALID, LambdaContext, event, settings
from tests.scripted_server import Behaviour, ScriptedServer, answer, hang_up

GOOD, REFUSED = answer(json.dumps(VALID).encode()), answer(json.dumps(INACTIVE).encode())
KEEPS = "told = []\ndef on_decision(facts):\n    told.append(facts)\n"


@pytest.fixture(autouse=True)
def _clean_imports(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield
    for name in ("hook_of_test", "folder", "folder.hook_of_test"):
        sys.modules.pop(name, None)


def written(directory: Path, text: str, name: str = "hook_of_test.py") -> Path:
    (directory / name).parent.mkdir(exist_ok=True)
    (directory / name).write_text(dedent(text))
    return directory


def answers(
    directory: Path | None, *behaviours: Behaviour, asks: int = 1, **environ: str
) -> tuple[list[Any], list[Any]]:
    """What is answered, or raised, and the lines of the log."""
    said: list[Any] = []
    lines: list[str] = []
    hook = {} if directory is None else {"on_decision": "hook_of_test.py:on_decision"}
    with ScriptedServer(*behaviours) as server:
        handler = make_handler(
            settings(server.url, **hook), environ={"SECRET": SECRET, **environ}, clock=FakeClock(), write=lines.append,
            directory=str(directory),
        )  # fmt: skip
        for _ in range(asks):
            try:
                said.append(handler(event(), LambdaContext()))
            except (UnauthorizedError, AuthorizerFailedError) as error:
                said.append(str(error))
    return said, [json.loads(line) for line in lines if "http://" not in line]


@pytest.mark.parametrize("level", ["debug", "info", "error"])
def test_it_is_told_what_the_log_is_told_of_each_answer_whatever_the_log_shows(tmp_path, level):
    answers(written(tmp_path, KEEPS), REFUSED, GOOD, hang_up, asks=1, APIGW_OAUTH_LOG_LEVEL=level)
    told = sys.modules["hook_of_test"].told
    _, lines = answers(None, REFUSED)
    assert [{**facts, "ms": 0} for facts in told] == [{**line, "ms": 0} for line in lines]
    assert type(told[0]["reason"]) is str


def test_it_is_told_of_failures_too(tmp_path):
    said, _ = answers(written(tmp_path, KEEPS), hang_up)
    (facts,) = sys.modules["hook_of_test"].told
    assert said == ["authorization_server_unreachable"]
    assert (facts["level"], facts["effect"], facts["failure"]) == ("error", None, "outage")
    assert TOKEN not in repr(facts)
    assert SECRET not in repr(facts)


def test_it_is_told_nothing_of_how_cloudwatch_counts(tmp_path):
    answers(written(tmp_path, KEEPS), GOOD, APIGW_OAUTH_METRICS="n")
    (facts,) = sys.modules["hook_of_test"].told
    assert not {"_aws", "FunctionName", "Decisions"} & facts.keys()


SPOILS = """
    def on_decision(facts):
        facts["effect"] = "Allow"
        facts.clear()
"""


@pytest.mark.parametrize(
    "body", ["raise ValueError(facts)", "raise SystemExit(1)", "return {'principalId': 'eve'}", "raise BaseException", "1 / 0",
             "on_decision(facts)", "import absent_module"],
)  # fmt: skip
@pytest.mark.parametrize("behaviour", [GOOD, REFUSED, hang_up], ids=["good", "refused", "outage"])
def test_whatever_it_does_the_answer_is_the_same(tmp_path, body, behaviour):
    text = f"def on_decision(facts):\n    {body}\n"
    assert answers(written(tmp_path, text), behaviour)[0] == answers(None, behaviour)[0]


def test_it_gets_a_copy(tmp_path):
    said, lines = answers(written(tmp_path, SPOILS), GOOD, asks=2)
    assert said == answers(None, GOOD, asks=2)[0]
    assert [line["effect"] for line in lines] == ["Allow", "Allow"]


def test_what_it_raises_is_named_once_by_kind_and_place_and_not_in_its_words(tmp_path):
    text = """
        kinds = [ValueError, ValueError, KeyError, ValueError]
        def on_decision(facts):
            raise kinds.pop()(facts["sub"] + "-to-look-for")
    """
    _, lines = answers(written(tmp_path, text), GOOD, asks=4)
    told = [line["message"] for line in lines if line["level"] == "warning"]
    assert told == [
        f"on_decision: hook_of_test.py:on_decision failed: {kind} in hook_of_test.py:4; this is said once"
        for kind in ("ValueError", "KeyError")
    ]
    assert len([line for line in lines if "reason" in line]) == 4


def test_kinds_without_end_do_not_fill_the_log():
    def raises(facts: dict[str, Any]) -> None:
        raise type(f"Error{facts['n']}", (Exception,), {})

    hook = DecisionHook(raises, name="x")
    told = [hook.tell({"n": n}) for n in range(3 * MOST_KINDS)]
    assert [bool(one) for one in told] == [True] * MOST_KINDS + [False] * 2 * MOST_KINDS


def test_where_its_failure_cannot_be_logged_the_answer_is_given(tmp_path):
    def full(line: str) -> None:
        if "on_decision" in line:
            raise OSError("No space left on device")

    written(tmp_path, "def on_decision(facts):\n    raise ValueError\n")
    with ScriptedServer(GOOD) as server:
        handler = make_handler(
            settings(server.url, on_decision="hook_of_test.py:on_decision"), environ={"SECRET": SECRET}, clock=FakeClock(),
            write=full, directory=str(tmp_path),
        )  # fmt: skip
        assert handler(event(), LambdaContext())["principalId"] == "john"


def test_somebody_at_the_keyboard_is_heard():
    def stopped(_facts: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        DecisionHook(stopped, name="x").tell({})


def test_it_may_be_in_a_folder(tmp_path):
    written(tmp_path, KEEPS, "folder/hook_of_test.py")
    decision_hook.load("folder/hook_of_test.py:on_decision", str(tmp_path)).tell({"a": 1})
    assert sys.modules["folder.hook_of_test"].told == [{"a": 1}]


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("absent.py:f", "there is no module absent in .*; write it"), ("hook_of_test.py:absent", "has no function absent; define it there"),
        ("hook_of_test.py:told", "has no function told"), ("hook_of_test.py", "is not FILE.py:FUNCTION"), ("../x.py:f", "is not FILE.py:FUNCTION"),
        ("/etc/x.py:f", "is not FILE.py:FUNCTION"), ("a-b.py:f", "is not FILE.py:FUNCTION"), ("hook_of_test:f", "is not FILE.py:FUNCTION"),
    ],
)  # fmt: skip
def test_what_is_not_there_keeps_the_authorizer_from_starting(tmp_path, reference, message):
    written(tmp_path, KEEPS)
    with pytest.raises(SettingsError, match=f"^on_decision: .*{message}"):
        make_handler(
            settings("https://a", on_decision=reference), environ={"SECRET": SECRET}, directory=str(tmp_path)
        )


@pytest.mark.parametrize("kind", ["ValueError", "SystemExit"])
def test_what_it_raises_while_it_is_imported_is_named_without_its_words(tmp_path, kind):
    written(tmp_path, f"raise {kind}({SECRET!r})")
    with pytest.raises(SettingsError, match=rf"cannot be imported: {kind} in hook_of_test\.py:1") as caught:
        decision_hook.load("hook_of_test.py:on_decision", str(tmp_path))
    assert SECRET not in str(caught.value)
