"""What docs/sender-constraint.md says is true: its project files load, its tables hold, its store works."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.http_target import PublicAddresses
from apigw_oauth.authorizer.lambda_handler import make_handler
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.replay_store import CAPACITY
from apigw_oauth.project import load_project
from tests.authorizer.conftest import FakeClock, make_request
from tests.authorizer.dpop_client import NOW, SECRET, constraint, proof, reason, request_with

PAGE = (Path(__file__).parents[1] / "docs" / "sender-constraint.md").read_text()
VERIFIER = (
    '\n[[verifiers]]\ntype = "authlete"\nbase_url = "https://api.authlete.com"\napi_key = "k"\napi_secret = "s"\n'
)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def rows(heading: str) -> list[list[str]]:
    """The rows of the table with that first heading."""
    lines = PAGE[PAGE.index(f"\n| {heading} |") + 1 :].partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line[1:-1].split("|")] for line in lines[2:]]


@pytest.mark.parametrize("block", blocks("toml"))
def test_the_project_files_of_the_page_make_an_authorizer(tmp_path: Path, block: str):
    (tmp_path / "apigw-oauth.toml").write_text(block + VERIFIER)
    settings = load_project(tmp_path).authorizer_settings()
    assert settings["cache"] == "off"
    make_handler(settings, environ={"APIGW_OAUTH_DPOP_NONCE_SECRET": SECRET}, write=lambda _line: None)


def test_the_defaults_of_the_page_are_the_defaults(tmp_path: Path):
    (told,) = [block for block in blocks("toml") if "replay =" in block]
    (tmp_path / "apigw-oauth.toml").write_text(told + VERIFIER)
    given = load_project(tmp_path).authorizer_settings()["dpop"]
    (tmp_path / "apigw-oauth.toml").write_text(told.partition("[authorizer.dpop]")[0] + "dpop = {}\n" + VERIFIER)
    assert load_project(tmp_path).authorizer_settings()["dpop"] == given
    assert constraint(**given).algorithms == constraint().algorithms == tuple(given["algorithms"])


@pytest.mark.parametrize("row", rows("clients come by"), ids=lambda row: row[0])
def test_the_addresses_of_the_page_are_addresses(row: list[str]):
    (address,) = re.findall(r"`(https://[^`]+)`", row[1]) or ["https://viewers.example"]
    path = "" if "WebSocket" in row[0] else "/pets"
    request = make_request()._replace(external_path=path, method="GET" if path else "$connect")
    assert PublicAddresses([address]).match(address + path, request)


@pytest.mark.rule("R44")
@pytest.mark.parametrize("row", rows("`htu` ends in"), ids=lambda row: row[0])
def test_odd_paths_behave_as_the_page_says(row: list[str]):
    htu, sent = (cell.strip("`") for cell in row[:2])
    addresses = PublicAddresses(["https://api.example.com/v1"])
    for told, path, decoded in [(row[2], sent, False), (row[3], unquote(sent), True)]:
        request = make_request()._replace(external_path=path, path_is_decoded=decoded)
        found = addresses.match(f"https://api.example.com/v1{htu}", request)
        assert told.startswith("refused" if found is None else "passes"), told


def test_the_reasons_of_the_page_are_reasons():
    named = {reason for row in rows("what is wrong") for reason in re.findall(r"`(\w+)`", row[2])}
    assert named <= set(Reason)
    assert f"{CAPACITY:,} proofs" in PAGE


class FakeTable:
    """As much of a DynamoDB client as the store asks for."""

    class exceptions:  # noqa: N801 - as the client of AWS has it
        class ConditionalCheckFailedException(Exception):  # noqa: N818 - as the client of AWS has it
            pass

    def __init__(self) -> None:
        self.items: dict[bytes, int] = {}
        self.fails = False

    def put_item(self, **call: Any) -> None:
        if self.fails:
            raise ConnectionError
        key, until = call["Item"]["proof"]["B"], int(call["Item"]["until"]["N"])
        if self.items.get(key, -1) >= int(call["ExpressionAttributeValues"][":now"]["N"]):
            raise self.exceptions.ConditionalCheckFailedException
        self.items[key] = until


def test_the_store_of_the_page_lets_a_proof_pass_once_and_nobody_in_when_it_fails():
    (code,) = blocks("python")
    names: dict[str, Any] = {}
    exec(compile(code, "sender-constraint.md", "exec"), names)
    clock, table = FakeClock(NOW), FakeTable()
    store = names["SharedReplayStore"](table, "proofs", clock)
    one, other = constraint(clock, replays=store), constraint(clock, replays=store)
    assert reason(one, request_with(proof())) is None
    assert reason(other, request_with(proof())) is Reason.REPLAYED_PROOF
    clock.now += 60
    assert reason(other, request_with(proof())) is Reason.REPLAYED_PROOF
    table.fails = True
    with pytest.raises(VerifierUnavailableError):
        reason(one, request_with(proof(jti="two", iat=NOW + 60)))
