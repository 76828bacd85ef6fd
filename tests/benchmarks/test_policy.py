"""The benchmark runs, with small tables; how long anything takes is nobody's promise."""

import json

import pytest
from benchmarks.environment import event_for
from benchmarks.measuring import Case
from benchmarks.tables import GRANTED, SHAPES, deep, parsed, routes_of

from apigw_oauth.authorizer.routes import RouteTable
from benchmarks import policy

SMALL = ["--sizes", "10", "100", "--runs", "2", "--times", "2"]


def test_the_table_has_a_row_for_each_shape_and_size(capsys: pytest.CaptureFixture[str]):
    policy.main(SMALL)
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    measured = [(row[0], row[1], row[-1]) for row in rows if row and row[-1] in {"yes", "no"}]
    assert [row[:2] for row in measured] == [(shape, size) for size in ("10", "100") for shape in SHAPES]
    assert {row[2] for row in measured} == {"yes", "no"}


def test_the_document_has_numbers_for_everything(capsys: pytest.CaptureFixture[str]):
    policy.main([*SMALL, "--json"])
    document = json.loads(capsys.readouterr().out)
    assert document.keys() == {"python", "tables", "depths"}
    assert len(document["tables"]) == 2 * len(SHAPES)
    keys = {key for _, key, _ in policy._COLUMNS}
    for row in document["tables"]:
        assert row.keys() == keys
        assert all(row[key] > 0 for key in keys - {"shape", "fits"})
    assert [row["depth"] for row in document["depths"]] == list(policy.DEPTHS)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_table_has_as_many_routes_as_were_asked_for_and_serves_its_own_request(shape: str):
    routes = RouteTable(parsed(routes_of(shape, 101)))
    assert len(list(routes)) == 101
    found = routes.match("GET", SHAPES[shape].path)
    assert found is not None
    assert found.key == f"GET {SHAPES[shape].template}"
    assert found.is_open_to(GRANTED)
    assert 0.85 < sum(route.is_open_to(GRANTED) for route in routes) / 101 < 1


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_measured_are_answers_that_allow(shape: str):
    case = Case.of(shape, 20)
    answers = [case.token(event_for(shape, "token"), None), case.route(event_for(shape, "route"), None)]
    assert [one["policyDocument"]["Statement"][0]["Effect"] for one in answers] == ["Allow", "Allow"]


def test_a_deep_path_is_matched():
    found = deep(8).match("GET", "/a/a/a/a/a/a/a/b")
    assert found is not None
    assert found.segments == (*"aaaaaaa", "{}")
