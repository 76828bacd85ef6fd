import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authserver import result_codes
from apigw_oauth.authserver.settings import LEGACY_ERROR_URI_BASE, AuthserverSettings

SOURCES = Path(result_codes.__file__).parent


def test_a_message_has_the_code_in_brackets():
    assert result_codes.message("A064302", "x") == (
        "[A064302] The access token does not cover the required scope 'x'."
    )


@given(st.text())
def test_values_of_a_request_cannot_break_out_of_a_quoted_string(value):
    written = result_codes.message("A010308", value)
    assert re.fullmatch(r"[\x20\x21\x23-\x5b\x5d-\x7e]+", written)
    assert len(written) < 300


@pytest.mark.parametrize("value", ["{}", "{0}", "{0.__class__}"])
def test_braces_in_a_value_are_text(value):
    assert f"({value})" in result_codes.text("A010304", value)


def test_an_error_has_description_and_uri():
    assert result_codes.oauth_error(AuthserverSettings(), "access_denied", "A060306") == {
        "error": "access_denied",
        "error_description": "[A060306] The end-user denied the authorization request.",
        "error_uri": "https://docs.authlete.com/#A060306",
    }


def test_the_older_pages_can_be_named():
    settings = AuthserverSettings(error_uri_base=LEGACY_ERROR_URI_BASE)
    error = result_codes.oauth_error(settings, "e", "A060306")
    assert error["error_uri"] == "https://www.authlete.com/authlete_web_api_result_codes.html#A060306"


def test_description_and_uri_can_be_omitted():
    settings = AuthserverSettings(error_description_omitted=True, error_uri_omitted=True)
    assert result_codes.oauth_error(settings, "e", "A060306") == {"error": "e"}


def test_codes_of_our_own_do_not_point_to_authletes_pages():
    assert "error_uri" not in result_codes.oauth_error(AuthserverSettings(), "e", "DEV001")


@pytest.mark.parametrize("code", sorted(result_codes.TEXTS))
def test_every_code_is_used_and_tested(code):
    def mentions(folder: Path, pattern: str, but: set[str]) -> list[Path]:
        return [path for path in folder.glob(pattern) if path.name not in but and code in path.read_text("utf-8")]

    assert mentions(SOURCES, "*.py", set()), f"nothing answers with {code}"
    assert mentions(Path(__file__).parent, "test_*.py", {"test_result_codes.py"}), f"no test expects {code}"
