"""The settings of a verifier that asks Authlete."""

from typing import Any

import pytest

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers import authlete

SETTINGS: dict[str, Any] = {"base_url": "https://api.authlete.com", "api_key": "k", "api_secret": "s"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({**SETTINGS, "version": 1}, "version: must be 2"), ({**SETTINGS, "version": True}, "version: must be 2"),
        ({**SETTINGS, "api_key": "a:b"}, "api_key: holds a colon"), ({**SETTINGS, "service_id": "5"}, "service_id: is not"),
        ({"version": 3, "base_url": "https://a", "service_id": "x", "service_access_token": "t"}, "service_id: must be"),
        ({**SETTINGS, "base_url": "http://api.authlete.com"}, "base_url: http:// is for"),
        ({**SETTINGS, "audience": []}, "audience: must be a text"), ({**SETTINGS, "properties": 5}, "properties: must be"),
        ({**SETTINGS, "properties": ["tenant", "acr"]}, "properties: acr is what a claim is called"),
        ({"base_url": "https://a", "api_key": "k"}, "api_secret: is missing"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_settings_is_named(settings, message):
    with pytest.raises(SettingsError) as caught:
        authlete.from_settings(settings, Surroundings())
    assert str(caught.value).startswith(message)


def test_the_settings_say_what_is_expected_and_what_is_told():
    made = {**SETTINGS, "audience": "https://api.example", "properties": ["tenant"]}
    assert authlete.from_settings(made, Surroundings()).recognizes("opaque")
