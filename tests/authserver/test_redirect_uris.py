from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authserver import redirect_uris


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:8080/cb",
        "http://[::1]:8080/cb?x=y",
        "https://app.example.com/",
        "com.example.app:/cb",
        "com.example.app://cb",
        "urn:ietf:wg:oauth:2.0:oob",
        "http://h/" + "a" * 191,
    ],
)
def test_absolute_uris_are_fine(uri):
    assert redirect_uris.problem_with(uri) is None


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("/cb", "A011315"),
        ("//host/cb", "A011315"),
        ("127.0.0.1:8080/cb", "A011315"),
        ("http://h/cb#", "A011316"),
        ("http://h/cb#f", "A011316"),
        ("http:///cb", "A011314"),
        ("http://h:port/", "A011314"),
        ("http://[::1/", "A011314"),
        ("http://h/%zz", "A011314"),
        ("http://h/ü", "A011314"),
        ("http://h/ b", "A011314"),
        ("http://h/\r\nSet-Cookie:x", "A011314"),
        ('http://h/"', "A011314"),
        ("http://h/\\", "A011314"),
        ("", "A011314"),
        ("http://h/" + "a" * 192, "A011314"),
    ],
)
def test_what_is_wrong_has_its_code(uri, code):
    assert redirect_uris.problem_with(uri) == code


@pytest.mark.parametrize(
    ("uri", "source"),
    [
        ("http://127.0.0.1:8080/cb", "http://127.0.0.1:8080"),
        ("https://app.example.com/cb", "https://app.example.com"),
        ("http://[::1]:8080/cb", "http:"),
        ("http://a;script-src/cb", "http:"),
        ("com.example.app:/cb", "com.example.app:"),
    ],
)
def test_the_origin_is_written_as_csp_has_it(uri, source):
    assert redirect_uris.csp_source(uri) == source


@given(st.text() | st.from_regex(r"[a-z]+:[!-~]{0,40}", fullmatch=True))
def test_an_accepted_uri_can_stand_in_headers(uri):
    if redirect_uris.problem_with(uri) is not None:
        return
    assert uri.isascii()
    assert uri.isprintable()
    assert " " not in uri
    assert not set(redirect_uris.csp_source(uri)) & set(";, '\"")
    assert urlsplit(uri).fragment == ""


def test_parameters_join_a_query_that_is_there():
    assert redirect_uris.with_query("http://h/cb", "a=b") == "http://h/cb?a=b"
    assert redirect_uris.with_query("http://h/cb?x=y", "a=b") == "http://h/cb?x=y&a=b"
