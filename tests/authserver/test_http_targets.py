import pytest

from apigw_oauth.authserver.http_targets import normalized


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://h", "https://h/"),
        ("HTTPS://H.Example:443/A?x=y#z", "https://h.example/A"),
        ("http://127.0.0.1:80/a/", "http://127.0.0.1/a/"),
        ("http://h:8080/a", "http://h:8080/a"),
        ("http://[::1]:8081/a", "http://[::1]:8081/a"),
        ("https://h/%7euser/%2f%20", "https://h/~user/%2F%20"),
        ("https://h/a/./b/../c", "https://h/a/c"),
        ("https://h/a/..", "https://h/"),
        ("https://h/../a/.", "https://h/a/"),
        ("https://h//a", "https://h//a"),
    ],
)
def test_one_spelling(url, written):
    assert normalized(url) == written


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/a",
        "ftp://h/",
        "https:///a",
        "https://u@h/",
        "https://h:x/",
        "https://[h/",
        "https://h/ü",
        "https://h/ ",
    ],
)
def test_what_is_no_address(url):
    assert normalized(url) is None
