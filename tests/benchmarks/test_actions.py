"""Actions take turns in processes of their own: ours is a whole handler, and none may come to anything else."""

import re
from pathlib import Path

import pytest
from benchmarks.action_process import Action, ActionFailedError, ActionProcess
from benchmarks.part import Effort, Section
from benchmarks.peer_environments import REQUIREMENTS, Libraries, NotInstallableError

from benchmarks import action_process, cached, jwt_warm, routes

ONCE = Effort(1, 0, 1)


def rows(section: Section) -> list[str]:
    found = re.findall(r"^\| (\S.*?) \| ([0-9.,]+) \(.*?\) \| ([0-9.,]+) \(", section.text, re.MULTILINE)
    assert all(float(wall.replace(",", "")) > 0 for _, wall, _ in found)
    return [name for name, *_ in found]


def test_a_jwt_is_verified_with_each_algorithm_and_who_cannot_be_measured_is_named(offline: Libraries):
    sections = jwt_warm.sections(ONCE, offline, tokens=3)
    titles = [section.title for section in sections]
    assert titles == ["Warm, JWT, RS256", "Warm, JWT, ES256", "Warm, JWT, Ed25519"]
    for section in sections:
        assert rows(section) == ["apigw-oauth", "apigw-oauth, cache missed", "signature alone"]
        missing = re.findall(r"^Missing: (.+?) \(there is no network\)\.$", section.text, re.MULTILINE)
        assert missing == ["PyJWT, decode", "joserfc", "python-jose"]
    assert "≤ 2.00 × signature alone; measured: " in sections[0].text


def test_without_cryptography_no_jwt_is_measured():
    def nothing(name: str) -> Path:
        raise NotInstallableError(f"pip has no {name}")

    (section,) = jwt_warm.sections(ONCE, nothing, tokens=1)
    assert section.text == "Not measured: pip has no cryptography."


def test_each_peer_of_the_jwts_is_there_with_its_libraries():
    for peer in jwt_warm.PEERS.values():
        assert (action_process.ACTIONS / f"{peer.source}.py").exists()
        assert (REQUIREMENTS / f"{peer.libraries}.txt").exists()


def test_a_known_token_is_measured_with_each_format_of_event_beside_its_json():
    sections = cached.sections(ONCE)
    assert [section.title.removeprefix("Warm, cached token, ") for section in sections] == list(cached.EVENTS)
    for section in sections:
        assert rows(section) == ["apigw-oauth", "json.loads"]
        assert "≤ 2.00 × json.loads; measured: " in section.text
    (size,) = re.findall(r"an event of ([0-9,]+) bytes", sections[0].text)
    assert 2000 < int(size.replace(",", "")) < 4096


def test_decisions_are_measured_with_more_and_more_routes():
    sections = routes.sections(ONCE, sizes=(10, 20))
    assert len(sections) == 4
    for section in sections:
        assert rows(section) == ["10 routes", "20 routes"]
        assert "≤ 1.20 × 10 routes; measured: " in section.text


@pytest.mark.parametrize(
    ("material", "message"),
    [({}, "KeyError: 'events'"), ({"events": ['{"type": "other"}']}, "not what should come out")],
    ids=["start", "output"],
)
def test_an_action_that_fails_is_not_measured(material: dict[str, object], message: str):
    with (
        ActionProcess(Action("json_loads", (), material)) as process,
        pytest.raises(ActionFailedError, match=message),
    ):
        process.measure(1)


def test_an_action_begins_without_the_variables_of_the_shell(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/authority.pem")
    environ = action_process.environment(Action("json_loads", (Path("/one"), Path("/two")), {}, {"A": "b"}))
    assert environ.pop("PATH")
    assert environ.pop("_X_AMZN_TRACE_ID")
    assert environ == {"PYTHONPATH": "/one:/two", "A": "b"}
