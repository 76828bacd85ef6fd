"""What docs/caching.md says is true: its requests, tables, policies and numbers."""

import doctest
import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.decision import Decision
from apigw_oauth.authorizer.iam_policy import CacheMode, PolicyWriter
from apigw_oauth.authorizer.policy_resource import MAX_RESOURCE_LENGTH
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable
from apigw_oauth.authorizer.stage_policy import ROOM, StagePolicies
from apigw_oauth.checks.checks import check
from apigw_oauth.cli.local_stack import local_api
from apigw_oauth.gateway.api import RestApi
from apigw_oauth.gateway.http_api.api import HttpApi
from apigw_oauth.project import load_project
from benchmarks import policy as benchmark
from tests.authorizer.conftest import STAGE, FakeClock, make_request
from tests.authorizer.lambda_environment import INACTIVE, VALID
from tests.contract.rules import READINGS
from tests.gateway.running_gateway import RunningGateway
from tests.scripted_server import ScriptedServer, answer

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "caching.md").read_text()
READS = AccessToken(subject="ann", client_id="demo", scopes=frozenset({"pets:read"}), expires_at=1_700_000_060)


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


def table(heading: str) -> list[dict[str, str]]:
    """The rows of the table with that first heading, by heading."""
    lines = PAGE[PAGE.index(f"\n| {heading} |") + 1 :].partition("\n\n")[0].splitlines()
    names, _, *rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in lines]
    return [dict(zip(names, row, strict=True)) for row in rows]


def quoted(cell: str) -> list[str]:
    return re.findall("`(.*?)`", cell)


def ours(url: str, authorizer: str, *, api: str = "rest", kept: str = "positive_ttl = 0") -> str:
    """The project file of the page, with this authorizer instead of the function; it keeps nothing by itself."""
    routes = block("toml").partition("[authorizer]")[0]
    verifier = f'type = "authlete"\nbase_url = "{url}"\napi_key = "k"\napi_secret = "s"\n{kept}'
    return f'[api]\ntype = "{api}"\n{routes}[authorizer]\n{authorizer}\n[[verifiers]]\n{verifier}\n'


@contextmanager
def running(
    directory: Path, project_file: str, *, clock: Callable[[], float] = time.time
) -> Iterator[RunningGateway]:
    (directory / "apigw-oauth.toml").write_text(project_file)
    api = local_api.define(load_project(directory), local=None, log=lambda _: None)
    assert isinstance(api, RestApi | HttpApi)
    gateway = RunningGateway(api, clock=clock)
    try:
        yield gateway
    finally:
        gateway.close()


def statuses(gateway: RunningGateway) -> list[int]:
    """What the page's curl lines get."""
    script = block("sh").replace("127.0.0.1:8080", f"127.0.0.1:{gateway.port}")
    done = subprocess.run(
        ["bash", "-ec", script], capture_output=True, text=True, check=True, env={"PATH": "/usr/bin:/bin"}
    )
    return [int(status) for status in re.findall(r"HTTP/1.1 (\d+)", done.stdout)]


def promised(column: str) -> list[int]:
    return [int(row[column].strip("*")) for row in table("request")]


def test_the_requests_of_the_table_are_those_of_the_curl_lines():
    sent = [
        f"`{method or 'GET'} {path}`"
        for method, path in re.findall(r"curl -i (?:-X (\w+) )?\S+/dev(\S+)", block("sh"))
    ]
    assert [row["request"] for row in table("request")] == sent


@pytest.mark.parametrize("function", ["one_route", "every_route"])
def test_the_functions_of_the_page_are_right_once_and_wrong_while_kept(tmp_path: Path, function: str):
    (tmp_path / "functions.py").write_text(block("python"))
    project_file = block("toml").replace("one_route", function)
    with running(tmp_path, project_file) as gateway:
        assert statuses(gateway) == promised(f"`{function}`") != promised("the rules say")
    with running(tmp_path, project_file + "cache_ttl = 0\n") as gateway:
        assert statuses(gateway) == promised("the rules say")
    (tmp_path / "apigw-oauth.toml").write_text(project_file)
    assert "cache-foreign-handler" in {finding.code for finding in check(load_project(tmp_path))}


@pytest.mark.parametrize(
    ("authorizer", "column", "asked"),
    [
        ('event = "token"\ncache = "token"', '`cache = "token"`', 1),
        ('cache = "token"', '`cache = "token"`', 1),
        ('cache = "route"', '`cache = "route"`', 3),
        ('cache = "off"', "the rules say", 3),
    ],
)
def test_the_modes_answer_as_the_rules_say(tmp_path: Path, authorizer: str, column: str, asked: int):
    said = {**VALID, "scopes": ["pets:read"], "expiresAt": int((time.time() + 3600) * 1000)}
    with (
        ScriptedServer(answer(json.dumps(said).encode())) as server,
        running(tmp_path, ours(server.url, authorizer)) as gateway,
    ):
        assert statuses(gateway) == promised(column) == promised("the rules say")
        assert len(server.requests) == asked


def routes_of_the_page() -> RouteTable:
    found = re.findall(r'^"(\w+ /\S*)" = \{ scopes = \["(\S+)"\]', block("toml"), re.MULTILINE)
    return RouteTable(Route.parse(key, any_of=[[scope]]) for key, scope in found)


def policy(cache: CacheMode, method: str = "GET", path: str = "/pets/7") -> dict[str, Any]:
    routes = routes_of_the_page()
    request = make_request(method, path, resource=None)
    decision = Decision.allow(Reason.AUTHORIZED, routes.serving(request), READS)
    printed: dict[str, Any] = PolicyWriter(routes=routes, cache=cache, claims=[]).answer(decision, request)[
        "policyDocument"
    ]
    return printed


@pytest.mark.parametrize("path", ["/pets", "/pets/7"])
def test_the_policy_of_the_page_is_what_is_printed(path: str):
    assert policy("token", path=path) == json.loads(block("json"))


def test_the_sizes_of_the_page_are_those_of_its_policy():
    (row,) = [row for row in table("what") if row["what"].startswith("policy of")]
    sizes = {f"`{cache}`": f"{len(json.dumps(policy(cache)))} bytes" for cache in ("route", "token", "off")}
    assert row == {"what": row["what"], **sizes}
    (length,) = [row["`route`"] for row in table("what") if row["what"] == "a resource"]
    assert (
        length
        == f"`GET/pets/*`: {len(f'{STAGE}/GET/pets/*')} characters with its ARN; at most {MAX_RESOURCE_LENGTH}"
    )
    assert f"about {ROOM:,} bytes" in PAGE


@pytest.mark.parametrize("row", table("it spills onto"), ids=lambda row: row["it spills onto"])
def test_each_class_of_spill_is_printed_as_the_page_says(row: dict[str, str]):
    (opened,), (closed,) = quoted(row["open"]), quoted(row["closed"])
    routes = RouteTable([Route.parse(opened, any_of=[["open"]]), Route.parse(closed, any_of=[["shut"]])])
    printed = StagePolicies(routes).for_scopes(frozenset({"open"}))
    assert set(printed.allowed) == set(quoted(row["Allow"]))
    assert set(printed.denied) == set(quoted(row["Deny"]))
    assert bool(printed.unprintable) == (row["Allow"] == "narrowed")


def test_a_narrowed_answer_refuses_other_paths_while_it_is_kept(tmp_path: Path):
    said = {**VALID, "scopes": ["pets:read"], "expiresAt": int((time.time() + 3600) * 1000)}
    sibling = '"GET /pets/mine" = { scopes = ["pets:own"], integration = { mock = "{}" } }\n'
    with ScriptedServer(answer(json.dumps(said).encode())) as server:
        project_file = ours(server.url, 'event = "token"').replace("[routes]\n", "[routes]\n" + sibling)
        with running(tmp_path, project_file) as gateway:
            asked_for = ["/dev/pets/7", "/dev/pets/8", "/dev/pets/7"]
            assert [gateway.get(path, "Bearer t").status for path in asked_for] == [200, 403, 200]
        errors = [one.code for one in check(load_project(tmp_path)) if one.severity == "error"]
        assert "policy-unprintable-routes" in errors


def test_the_python_session_of_the_page_goes_as_it_says():
    session = doctest.DocTestParser().get_doctest(block("pycon"), {}, "caching.md", None, 0)
    assert len(session.examples) == 8
    failures: list[str] = []
    doctest.DocTestRunner().run(session, out=failures.append)
    assert not failures, "".join(failures)


COLUMNS = {
    '`cache = "route"`': ('cache = "route"', "rest", "/dev/pets/7"),
    '`cache = "token"`': ('event = "token"', "rest", "/dev/pets/7"),
    "simple responses of an HTTP API": ("", "http", "/pets/7"),
}


@pytest.mark.parametrize("column", COLUMNS)
def test_the_end_of_a_token_shows_as_the_page_says(tmp_path: Path, column: str):
    authorizer, api, path = COLUMNS[column]
    now = time.time()
    clock = FakeClock(now)
    valid = {**VALID, "scopes": ["pets:read"], "expiresAt": int((now + 30) * 1000)}
    behaviours = [answer(json.dumps(said).encode()) for said in (valid, INACTIVE)]
    with (
        ScriptedServer(*behaviours) as server,
        running(tmp_path, ours(server.url, authorizer, api=api), clock=clock) as gateway,
    ):
        for after, row in zip((0, 40, 70), table("moment"), strict=True):
            clock.now = now + after
            reply = gateway.get(path, "Bearer t")
            status, _, challenge = row[column].partition(", ")
            assert (str(reply.status), reply.header("WWW-Authenticate")) == (status, challenge.strip("`") or None)


def test_a_revoked_token_is_good_for_as_long_as_the_page_and_check_say(tmp_path: Path):
    (ttl, total) = re.findall(r"`cache_ttl = (\d+)` that is (\d+) s", PAGE)[0]
    (tmp_path / "apigw-oauth.toml").write_text(ours("http://127.0.0.1:9", f"cache_ttl = {ttl}", kept=""))
    (found,) = [one for one in check(load_project(tmp_path)) if one.code == "revocation-delay"]
    assert f"refused after {total} s at the latest" in found.message


def test_the_readings_of_the_page_are_those_under_which_everything_is_tried():
    (request,) = re.findall(r"For a request to\n`(\S+)`:", PAGE)
    said = [(row["reading"], row["routed as"], row["in the ARN"]) for row in table("reading")]
    assert said == [
        (name, f"`/{'/'.join(reading.routing(request))}`", f"`{reading.arn(request)}`")
        for name, reading in READINGS.items()
    ]


def test_the_measurements_of_the_page_have_the_columns_of_the_benchmark(capsys: pytest.CaptureFixture[str]):
    benchmark.main(["--sizes", "10", "--runs", "1", "--times", "1"])
    printed = capsys.readouterr().out.splitlines()[0]
    assert block("text").splitlines()[0].split() == printed.split()
