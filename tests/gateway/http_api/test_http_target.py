import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apigw_oauth.gateway.http_api import http_target


@pytest.mark.parametrize(
    ("target", "stage", "path"),
    [
        ("/x?a=1?b", "$default", "/x"),
        ("/", "$default", "/"),
        ("//x", "$default", "/x"),
        ("/a//b/", "$default", "/a//b/"),
        ("/%70ets/a%2Fb/%C3%BC%20%2B+", "$default", "/pets/a/b/ü ++"),
        ("/%2F%2Fx", "$default", "/x"),
        ("/a%3Fb=1/c?d", "$default", "/a"),
        ("/%FF", "$default", "/\ufffd"),
        ("/%zz%", "$default", "/%zz%"),
        ("/a%252Fb", "$default", "/a%2Fb"),
        ("/../x", "$default", "/../x"),
        ("http://elsewhere/x?y", "$default", "/x"),
        ("HTTPS://elsewhere", "$default", "/"),
        ("/dev", "dev", "/"),
        ("/dev/x%2F", "dev", "/x/"),
        ("/dev//x", "dev", "/x"),
    ],
)
def test_the_path_is_decoded_and_without_the_stage(target: str, stage: str, path: str) -> None:
    found = http_target.parse(target, stage)
    assert found.in_stage
    assert found.path == path


@pytest.mark.parametrize(
    ("target", "stage"),
    [("/x", "dev"), ("/devx", "dev"), ("/%64ev/x", "dev"), ("*", "$default"), ("host:443", "$default")],
)
def test_paths_outside_the_stage(target: str, stage: str) -> None:
    assert not http_target.parse(target, stage).in_stage


def test_path_and_query_as_the_client_wrote_them_are_kept() -> None:
    found = http_target.parse("/dev/a%20b?c=%20d", "dev")
    assert (found.stage_path, found.query) == ("/dev/a%20b", "c=%20d")


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20))
def test_every_target_is_read(target: str) -> None:
    found = http_target.parse(f"/{target}", "$default")
    assert found.in_stage
    assert found.path.startswith("/")
    assert not found.path.startswith("//")
    assert "?" not in found.path
