"""What `from apigw_oauth import …` offers."""

import subprocess
import sys

import pytest

import apigw_oauth


def test_every_public_name_is_there():
    for name in apigw_oauth.__all__:
        assert getattr(apigw_oauth, name)
    assert {"Authorizer", "RouteTable", "AccessToken", "Decision", "TokenVerifier", "SettingsError"} <= set(
        apigw_oauth.__all__
    )


def test_every_error_of_the_tree_is_public():
    from apigw_oauth.authorizer import errors

    tree = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.AuthorizerError)
    }
    assert tree <= set(apigw_oauth.__all__)


def test_another_name_is_an_ordinary_mistake():
    with pytest.raises(AttributeError, match="nonsense"):
        apigw_oauth.nonsense  # noqa: B018 - looking it up is the test


def test_importing_the_package_loads_nothing_else_of_it():
    code = "import sys, apigw_oauth; print([m for m in sys.modules if m.startswith('apigw_oauth.')])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        == "[]"
    )
