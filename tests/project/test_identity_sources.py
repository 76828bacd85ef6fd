"""Identity sources: those of the file, none at all, and what is no safe cache key."""

import pytest

from apigw_oauth.authorizer.errors import SettingsError
from tests.project.conftest import Load

OURS, THEIRS = "", 'handler = "functions.py:f"\n'
NONE = "identity_sources = []\n"
OFF, NO_TIME = 'cache = "off"\n', "cache_ttl = 0\n"
ROUTES = {"rest": '"GET /a" = []', "http": '"GET /a" = []', "websocket": '"$connect" = []'}


def text(api: str, authorizer: str) -> str:
    return f'[api]\ntype = "{api}"\n[routes]\n{ROUTES[api]}\n[authorizer]\n{authorizer}'


@pytest.mark.parametrize("api", ["rest", "http"])
@pytest.mark.parametrize("whose", [OURS, THEIRS])
@pytest.mark.parametrize("uncached", [OFF, NO_TIME, f'cache = "route"\n{NO_TIME}', f'cache = "token"\n{NO_TIME}'])
def test_without_any_and_without_a_cache_the_authorizer_is_asked_about_everything(
    load: Load, api: str, whose: str, uncached: str
):
    definition = load(text(api, whose + uncached + NONE)).authorizer_definition()
    assert (definition.identity_sources, definition.ttl) == ((), 0)


@pytest.mark.parametrize("whose", [OURS, THEIRS])
def test_a_websocket_api_keeps_nothing_and_may_have_none(load: Load, whose: str):
    assert load(text("websocket", whose + NONE)).authorizer_definition().identity_sources == ()


@pytest.mark.parametrize("api", ["rest", "http"])
@pytest.mark.parametrize("whose", [OURS, THEIRS])
@pytest.mark.parametrize("cached", ["", 'cache = "route"\n', 'cache = "token"\n'])
def test_with_a_cache_none_would_give_all_callers_one_answer(load: Load, api: str, whose: str, cached: str):
    with pytest.raises(
        SettingsError, match=r"authorizer\.identity_sources: is empty, .*authorizer\.cache_ttl = 0"
    ):
        load(text(api, whose + cached + NONE))


@pytest.mark.parametrize("sources", [[], ["method.request.header.A", "method.request.header.B"], ["context.path"]])
@pytest.mark.parametrize("ttl", ["", NO_TIME])
def test_a_token_authorizer_has_exactly_one_header(load: Load, sources: list[str], ttl: str):
    with pytest.raises(
        SettingsError, match=r"exactly one header, such as 'method\.request\.header\.Authorization'"
    ):
        load(text("rest", f'event = "token"\n{ttl}identity_sources = {sources}'))


def test_what_is_not_said_is_the_authorization_header(load: Load):
    definition = load(text("rest", OFF)).authorizer_definition()
    assert definition.identity_sources == ("method.request.header.Authorization",)
