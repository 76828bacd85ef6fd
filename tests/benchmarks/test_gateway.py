"""Local gateways are measured beside one another, as far as they are there."""

import re
from functools import partial

import pytest
from benchmarks.gateways import Gateway, NotStartedError
from benchmarks.part import OURS, Effort
from benchmarks.peer_environments import Libraries, NotInstallableError

from benchmarks import gateway, gateways, http_load
from tests.gateway.fakes import api, mock_methods
from tests.gateway.running_gateway import RunningGateway

TINY = Effort(1, 0, 1)


def nothing(name: str):
    raise NotInstallableError(f"pip has no {name}")


def absent(_directory, find: Libraries, _stack):
    find("peer")
    return {}


def test_ours_is_measured_and_who_cannot_be_installed_is_named():
    ours = partial(gateways.ours, rows={"TOKEN, cached": "token-cached"})
    another = Gateway("another", absent, "It is slow.")
    (section,) = gateway.sections(TINY, nothing, (Gateway(OURS, ours), another))
    rows = re.findall(r"^\| (.+?) \| (1|16) \| (\S+) \| (\d+) \(", section.text, re.MULTILINE)
    assert [row[:3] for row in rows] == [("TOKEN, cached", number, OURS) for number in ("1", "16")]
    assert all(int(rate) > 0 for *_, rate in rows)
    assert "Missing: another (pip has no peer)." in section.text
    assert "It is slow." not in section.text
    assert [chart.slug for chart in section.charts] == ["gateway-token-cached"]


RATE = gateway.Rate(rate=500.0, p50=0.001, p99=0.002, per_core=700.0)


@pytest.mark.parametrize(
    ("factor", "said"), [(5.0, "the least: 5.0 (TOKEN, 1 connection), reached"), (4.0, "missed")]
)
def test_the_goal_is_looked_at_in_the_worst_row(factor: float, said: str):
    theirs = gateway.Rate(RATE.rate / factor, 0.01, 0.02, RATE.per_core / factor)
    much_slower = gateway.Rate(1.0, 0.01, 0.02, 1.0)
    samples = {
        gateway.Case("TOKEN", 1): {OURS: [RATE], gateway.PEER: [theirs]},
        gateway.Case("REQUEST", 16): {OURS: [RATE], gateway.PEER: [much_slower]},
    }
    told = gateway.reached(samples).splitlines()
    assert len(told) == 2
    assert all(said in line for line in told)


def test_a_gateway_that_does_not_start_is_named_with_its_last_words(tmp_path):
    command = ["python3", "-c", "print('no such port')"]

    def start(directory, _find, stack):
        stack.enter_context(gateways._process(command, directory, {}, 1))
        return {}

    with gateways.running((Gateway("broken", start),), tmp_path, nothing) as (found, missing):
        assert (found, missing) == ({}, {"broken": "it did not start: no such port"})
    with pytest.raises(NotStartedError), gateways._process(command, tmp_path, {}, 1):
        pass


def test_an_answer_that_was_not_expected_ends_a_load():
    server = RunningGateway(api(*mock_methods("GET /a")))
    try:
        request = "GET /dev/a HTTP/1.1\r\nHost: h\r\n\r\n"
        task = {"port": server.port, "request": request, "connections": 2, "seconds": 0.01}
        assert http_load.answer({**task, "expected": '"GET /a"'})["number"] > 0
        assert "UnexpectedAnswerError" in http_load.answer({**task, "expected": "other"})["error"]
    finally:
        server.close()
    assert "error" in http_load.answer({**task, "expected": ""})
