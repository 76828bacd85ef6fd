"""Addresses of servers: taken apart like URLs, and refused where two readers could read them differently."""

import pytest

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.verifiers.server_address import ServerAddress, is_loopback


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://as.example.com", (True, "as.example.com", 443, "")),
        ("HTTPS://AS.Example.com.:8443/a/%2Fb/?", (True, "as.example.com.", 8443, "/a/%2Fb/")),
        (
            "https://as_1.example/introspect?tenant=a%20b/?#",
            (True, "as_1.example", 443, "/introspect?tenant=a%20b/?"),
        ),
        ("https://as.example:/", (True, "as.example", 443, "/")),
        ("https://[2001:DB8::1]:444/x", (True, "2001:db8::1", 444, "/x")),
        ("http://127.0.0.1:80", (False, "127.0.0.1", 80, "")),
        ("http://[::1]/x", (False, "::1", 80, "/x")),
        (
            "https://" + ".".join(["a" * 63] * 3) + ".example",
            (True, ".".join(["a" * 63] * 3) + ".example", 443, ""),
        ),
    ],
    ids=range(8),
)
def test_what_is_taken(url, expected):
    assert tuple(ServerAddress.parse(url, query=True)) == expected


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "must be https://HOST"),
        ("as.example.com", "must be https://HOST"),
        ("ftp://as.example.com", "must be https://HOST"),
        ("https:as.example.com", "must be https://HOST"),
        ("https://user@as.example.com", "must be https://HOST"),
        ("https://user:secret@as.example.com", "must be https://HOST"),
        ("https://as.example.com\\@evil.example", "must be https://HOST"),
        ("https://as.example.com/#here", "must be https://HOST"),
        ("https://as.example.com:0", "must be https://HOST"),
        ("https://as.example.com:65536", "is not a URL"),
        ("https://as.example.com:000443", "is not a URL"),
        ("https://as.example.com:" + "9" * 5000, "is not a URL"),
        ("https://as.example.com:4 3", "is not a URL"),
        ("https://as.example.com:²", "is not a URL"),
        ("https://as.example.com:-1", "is not a URL"),
        ("https://::1/", "is not a URL"),
        ("https://[::1", "is not a URL"),
        ("https://[::1]x/", "is not a URL"),
        ("https://", "cannot be"),
        ("https:///path", "cannot be"),
        ("https://[::g]", "cannot be"),
        ("https://[fe80::1%25eth0]", "cannot be"),
        ("https://[as.example.com]", "cannot be"),
        ("https://as..example", "cannot be"),
        ("https://-as.example", "cannot be"),
        ("https://as-.example", "cannot be"),
        ("https://" + "a" * 64, "cannot be"),
        ("https://" + ".".join(["a" * 63] * 4), "cannot be"),
        ("https://as.exämple", "cannot be"),
        ("https://as.exam\tple", "cannot be"),
        ("https://as.example\r\nHost:evil", "is not a URL"),
        (" https://as.example", "must be https://HOST"),
        ("https://as.example/a b", "cannot be"),
        ("https://as.example/a\n", "cannot be"),
        ("https://as.example/%4", "cannot be"),
        ("https://as.example/%zz", "cannot be"),
        ("https://as.example/?a=%", "has a query that cannot be"),
        ("https://as.example/?a=ä", "has a query that cannot be"),
        ("http://as.example", "loopback"),
        ("http://localhost", "loopback"),
        ("http://127.0.0.1.example", "loopback"),
        ("http://[::2]", "loopback"),
    ],
    ids=range(42),
)  # fmt: skip
def test_what_is_refused(url, message):
    with pytest.raises(SettingsError) as raised:
        ServerAddress.parse(url, query=True)
    assert message in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_query_is_taken_only_where_one_may_be():
    with pytest.raises(SettingsError, match="must be https://HOST"):
        ServerAddress.parse("https://as.example/?a=b")


@pytest.mark.parametrize(
    ("host", "expected"), [("127.0.0.2", True), ("::1", True), ("localhost", False), ("", False)]
)
def test_loopback_is_an_address(host, expected):
    assert is_loopback(host) is expected
