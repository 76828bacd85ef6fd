"""From a project to a stack, with somebody's yes in between."""

import io
from pathlib import Path

import pytest
import typer

from apigw_oauth.cli.deploying import shipping
from apigw_oauth.cli.deploying.display import ConsoleDisplay
from apigw_oauth.cli.deploying.order import Order
from apigw_oauth.cli.options import WrongUsageError
from apigw_oauth.deploy.shipping.deploy_error import DeployError
from apigw_oauth.deploy.shipping.stack import Stack
from apigw_oauth.deploy.target import Target
from apigw_oauth.project import load_project


@pytest.fixture
def order(project: Path) -> Order:
    return Order(
        project=load_project(project),
        target=Target("3.13", "arm64"),
        stack="mydemo",
        region=None,
        profile=None,
        endpoint_url=None,
        bucket=None,
        wheels=None,
        authorizer_only=False,
        parameters={},
        agreed=False,
        as_json=False,
    )


def test_ctrl_c_says_that_cloudformation_goes_on(order: Order, capsys: pytest.CaptureFixture[str]):
    display = ConsoleDisplay()
    with pytest.raises(KeyboardInterrupt), shipping.going_on(order, display):
        display.started("id")
        raise KeyboardInterrupt
    assert "What CloudFormation has begun goes on without this." in capsys.readouterr().err


def test_ctrl_c_says_what_is_left_to_do_by_hand(order: Order, capsys: pytest.CaptureFixture[str]):
    display = ConsoleDisplay()
    with pytest.raises(KeyboardInterrupt), shipping.going_on(order, display, afterwards="aws apigateway x"):
        display.started("id")
        raise KeyboardInterrupt
    assert capsys.readouterr().err.endswith(":\n  aws apigateway x\n")


@pytest.mark.parametrize(("begun", "error"), [(False, KeyboardInterrupt()), (True, DeployError("why"))])
def test_it_does_not_where_nothing_goes_on(
    order: Order, capsys: pytest.CaptureFixture[str], begun: bool, error: BaseException
):
    display = ConsoleDisplay()
    display.begun = begun
    with pytest.raises(type(error)), shipping.going_on(order, display):
        raise error
    assert capsys.readouterr().err == ""


def test_an_api_is_not_taken_for_an_authorizer_alone(order: Order):
    whole = Stack("mydemo", "id", "CREATE_COMPLETE", "", {}, {"CodeKey": "k"}, {})
    alone = whole._replace(parameters={"ApiId": "abc"})
    shipping.refuse_another_scope(order, whole)
    shipping.refuse_another_scope(order._replace(authorizer_only=True), alone)
    with pytest.raises(WrongUsageError, match="has the authorizer alone: add --authorizer-only, or name another"):
        shipping.refuse_another_scope(order, alone)
    with pytest.raises(WrongUsageError, match="has the whole API: leave out --authorizer-only, or name another"):
        shipping.refuse_another_scope(order._replace(authorizer_only=True), whole)


class Terminal(io.StringIO):
    """Somebody who types this, and then Ctrl-D."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("typed", ["", "n\n", "\n"])
def test_whoever_says_anything_but_yes_has_said_no(
    order: Order, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, typed: str
):
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    with pytest.raises(typer.Exit) as end:
        shipping._require_yes(order, "Deploy this?")
    assert end.value.exit_code == 1
    assert capsys.readouterr().out.endswith("Nothing was done.\n")


def test_a_yes_is_a_yes(order: Order, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    shipping._require_yes(order, "Deploy this?")
