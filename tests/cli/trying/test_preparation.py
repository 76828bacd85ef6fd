"""What is tried: events of the project's type of API, and no others."""

from pathlib import Path

import pytest

from apigw_oauth.cli.options import WrongUsageError
from tests.cli.trying.attempts import attempt, write_project

RECORDED = Path(__file__).parents[2] / "authorizer" / "recorded"
TYPES = {
    "rest_token": "rest",
    "rest_request": "rest",
    "http_1_0": "http",
    "http_2_0": "http",
    "websocket_connect": "websocket",
}
ROUTES = {"rest": "GET /a", "http": "$default", "websocket": "$connect"}


def project(directory: Path, kind: str) -> Path:
    return write_project(directory, "http://127.0.0.1:1", {ROUTES[kind]: ["a"]}, api=f'type = "{kind}"')


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRY_SECRET", "s")


@pytest.mark.parametrize("kind", ROUTES)
@pytest.mark.parametrize("name", TYPES)
def test_an_event_of_another_type_of_api_is_named_and_nothing_is_tried(
    tmp_path: Path, name: str, kind: str
) -> None:
    loaded, event = project(tmp_path, kind), RECORDED / f"{name}.json"
    if TYPES[name] == kind:
        assert attempt(loaded, event=event)["answer"]["passes"] is False
        return
    with pytest.raises(WrongUsageError, match="unknown_event: the client gets 500") as caught:
        attempt(loaded, event=event)
    assert f'[api] type = "{TYPES[name]}"' in str(caught.value)


def test_the_advice_names_the_route_of_the_event(tmp_path: Path) -> None:
    document = attempt(project(tmp_path, "http"), event=RECORDED / "http_2_0.json")
    assert '"POST /lambda" = ["a:scope"]' in document["advice"]
