"""RFC 9449 §4.3 with RFC 3986 §6.2: which `htu` names a request, behind which public address."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.http_target import HttpTarget, PublicAddresses
from apigw_oauth.authorizer.request import Request
from tests.authorizer.conftest import make_request

HOST = "https://api.example.com"


def request(
    path: str | None,
    *,
    decoded: bool = False,
    method: str = "GET",
    headers: dict[str, tuple[str, ...]] | None = None,
) -> Request:
    given = make_request(headers=headers)
    return given._replace(method=method, external_path=path, path_is_decoded=decoded)


def matches(htu: str, path: str | None, *bases: str, **given: Any) -> bool:
    return PublicAddresses(bases or (HOST,)).match(htu, request(path, **given)) is not None


@pytest.mark.rule("R44")
@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTPS://API.Example.COM/Pets", f"{HOST}/Pets"),
        (f"{HOST}:443/a", f"{HOST}/a"), (f"{HOST}:/a", f"{HOST}/a"), (f"{HOST}:8443/a", f"{HOST}:8443/a"),
        ("http://h:80/a", "http://h/a"), ("http://h:443/a", "http://h:443/a"),
        (HOST, f"{HOST}/"), (f"{HOST}?q", f"{HOST}/"),
        (f"{HOST}/%7euser/%41%2d%2E%5f", f"{HOST}/~user/A-._"),
        (f"{HOST}/%c3%a9%2f%3a%25", f"{HOST}/%C3%A9%2F%3A%25"),
        (f"{HOST}/a/./b/../c", f"{HOST}/a/c"), (f"{HOST}/a/..", f"{HOST}/"), (f"{HOST}/a/.", f"{HOST}/a/"), (f"{HOST}/a/%2e%2E/b", f"{HOST}/b"),
        (f"{HOST}/a//b/", f"{HOST}/a//b/"), (f"{HOST}/...", f"{HOST}/..."),
        (f"{HOST}/a?b=/../#c", f"{HOST}/a"), (f"{HOST}/a#?", f"{HOST}/a"),
        (f'{HOST}/a|b"{{}}', f"{HOST}/a%7Cb%22%7B%7D"), (f"{HOST}/a+b;c=d,e@:!$&'()*", f"{HOST}/a+b;c=d,e@:!$&'()*"),
        ("https://xn--bcher-kva.example/a", "https://xn--bcher-kva.example/a"),
        ("https://[2001:DB8::1]:443/a", "https://[2001:db8::1]/a"), ("https://127.0.0.1:8443/a", "https://127.0.0.1:8443/a"),
    ],
)  # fmt: skip
def test_a_url_is_written_in_one_spelling(url, normal):
    assert str(HttpTarget.parse(url)) == normal


@pytest.mark.rule("R44")
@pytest.mark.parametrize(
    "url",
    [
        "", "/pets", "//api.example.com/", "ftp://api.example.com/", "https:/api.example.com", "https://", "https:///a", "https://?a",
        "https://user@api.example.com/", "https://user:secret@api.example.com/", "https://@api.example.com/",
        "https://bücher.example/", "https://api.example.com/é", "https://ap\u0130.example.com/", "http\u017f://api.example.com/",
        "https://api.example.com:0443/", "https://api.example.com:443443/", "https://api.example.com:+443/", "https://api.example.com:a/",
        "https://[::1/", "https://[v1.a]/", "https://[fe80::1%25eth0]/", "https://a:b:c/", "https://%61pi.example.com/", "https://api example/",
        "https://api.example.com\\@evil.example/", "https://api.example.com/a b", "https://api.example.com/a\n", " https://api.example.com/",
        "https://api.example.com/a\x00", "https://api.example.com/%", "https://api.example.com/%2", "https://api.example.com/%zz", "https://api.example.com/..",
        "https://api.example.com/a/../..", "https://api.example.com/%2e%2e/a", "wss://api.example.com/a", "https://api.example.com/#\ud800",
    ],
)  # fmt: skip
def test_what_is_no_plain_http_url_is_refused(url):
    with pytest.raises(ValueError):  # noqa: PT011 - of whatever kind, the caller does not say more
        HttpTarget.parse(url)


ODD = st.text(st.sampled_from("htps:/wc.%2eEfF09AZ[]@#?&=+ é\\\x00\ud800~"), max_size=40)


@pytest.mark.rule("R44")
@given(
    htu=ODD | ODD.map(f"{HOST}/".__add__) | st.text(),
    path=ODD | st.none() | ODD.map("/".__add__),
    decoded=st.booleans(),
)
def test_whatever_a_proof_or_a_path_holds_they_match_or_they_do_not(htu, path, decoded):
    assert matches(htu, path, decoded=decoded) in {True, False}


SEGMENTS = st.lists(
    st.text(st.sampled_from("aZ0-._~%!é /?#;"), min_size=1, max_size=6).filter(lambda one: one not in {".", ".."}),
    min_size=1,
)


@given(SEGMENTS)
def test_the_normal_spelling_is_its_own(segments):
    once = HttpTarget.parse(HOST + "/" + "/".join(quote(one, safe="") for one in segments))
    assert HttpTarget.parse(str(once)) == once


@pytest.mark.rule("R44", "I19")
@pytest.mark.parametrize(
    ("base", "path", "htu"),
    [
        (HOST, "/pets/7", f"{HOST}/pets/7"), (HOST, "/", f"{HOST}/"), (HOST, "/", HOST), (f"{HOST}/", "/pets", f"{HOST}/pets"),
        (f"{HOST}/dev", "/pets/7", f"{HOST}/dev/pets/7"), (f"{HOST}/dev/", "/pets/7", f"{HOST}/dev/pets/7"), (f"{HOST}/dev", "/", f"{HOST}/dev/"),
        # A custom domain with a base path: the event is reported to have it.
        (f"{HOST}/v1", "/v1/pets/7", f"{HOST}/v1/pets/7"), (f"{HOST}/v1", "/v1", f"{HOST}/v1"), (f"{HOST}/v1", "/v1pets", f"{HOST}/v1/v1pets"),
        (f"{HOST}/a/b", "/a/b/c", f"{HOST}/a/b/c"), (f"{HOST}/a/b", "/a/bc", f"{HOST}/a/b/a/bc"), (f"{HOST}/%7ea", "/~a/b", f"{HOST}/~a/b"),
        (f"{HOST}/dev", "", f"{HOST}/dev"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("decoded", [False, True])
def test_the_public_address_and_the_path_of_the_event_make_the_url(base, path, htu, decoded):
    assert matches(htu, path, base, decoded=decoded)
    assert matches(f"{htu}?limit=5#top", path, base, decoded=decoded)
    assert not matches(htu + "x", path, base, decoded=decoded)


@pytest.mark.rule("R44")
@pytest.mark.parametrize(
    "htu",
    [
        "http://api.example.com/dev/pets", "https://api.example.com:8443/dev/pets", "https://evil.example/dev/pets",
        f"{HOST}/pets", f"{HOST}/dev", f"{HOST}/dev/pets/", f"{HOST}/dev/Pets", f"{HOST}/dev//pets", f"{HOST}/prod/pets", f"{HOST}/dev/dev/pets",
        "https://api.example.com.evil.example/dev/pets", "https://api.example.com./dev/pets",
    ],
)  # fmt: skip
@pytest.mark.parametrize("decoded", [False, True])
def test_another_url_does_not_match(htu, decoded):
    assert not matches(htu, "/pets", f"{HOST}/dev", decoded=decoded)


@pytest.mark.rule("R44")
def test_any_of_several_public_addresses_may_be_the_one():
    bases = ("https://a1b2.execute-api.eu-west-1.amazonaws.com/dev", "https://api.example.com/v1")
    assert all(matches(f"{base}/pets", "/pets", *bases) for base in bases)
    # The event of a custom domain has the base path, the proof must not be for the stage then.
    assert matches(f"{bases[1]}/pets", "/v1/pets", *bases)
    assert not matches(f"{bases[0]}/pets", "/v1/pets", *bases)


@pytest.mark.rule("R44", "L10")
def test_headers_say_nothing_about_the_url():
    headers = dict.fromkeys(
        ("host", "x-forwarded-host", "x-original-host", "x-forwarded-prefix", "x-forwarded-path"),
        ("evil.example",),
    ) | {
        "forwarded": ("host=evil.example;proto=http",),
        "x-forwarded-proto": ("http",),
        "x-forwarded-port": ("80",),
    }
    assert matches(f"{HOST}/pets", "/pets", headers=headers)
    assert not matches("http://evil.example/pets", "/pets", headers=headers)
    assert not matches("https://evil.example/pets", "/pets", headers=headers)


@pytest.mark.rule("R44")
@pytest.mark.parametrize("path", [None, "pets", "*", "?", "/%", "/%g0", "/../pets", "/a/../../pets", "/\ud800"])
def test_an_event_that_does_not_say_a_path_matches_nothing(path):
    assert not any(matches(htu, path) for htu in (HOST, f"{HOST}/", f"{HOST}/pets", f"{HOST}/%25", f"{HOST}/*"))


# What a client sends, what a REST API's event has (as it came), and what an HTTP API's event has (decoded): the table
# of docs/sender-constraint.md.
@pytest.mark.rule("R44")
@pytest.mark.parametrize(
    ("htu", "raw", "decoded", "on_rest", "on_http"),
    [
        ("/pets/a%20b", "/pets/a%20b", "/pets/a b", True, True),
        ("/pets/a+b", "/pets/a+b", "/pets/a+b", True, True),
        ("/pets/a%2Bb", "/pets/a%2Bb", "/pets/a+b", True, False),
        ("/pets/a+b", "/pets/a%2Bb", "/pets/a+b", False, True),
        ("/pets/a%2fb", "/pets/a%2Fb", "/pets/a/b", True, False),
        ("/pets/a/b", "/pets/a%2Fb", "/pets/a/b", False, True),
        ("/pets/a%3Fb", "/pets/a%3Fb", "/pets/a", True, False),
        ("/pets/a%25b", "/pets/a%25b", "/pets/a%b", True, False),
        ("/pets/a%252Fb", "/pets/a%252Fb", "/pets/a%2Fb", True, False),
        ("/pets/%C3%A9", "/pets/%C3%A9", "/pets/é", True, True),
        ("/pets/%c3%a9", "/pets/é", "/pets/é", True, True),
        ("/pets/é", "/pets/%C3%A9", "/pets/é", False, False),
        ("/pets/%FF", "/pets/%FF", "/pets/\ufffd", True, False),
        ("/pets/%7e", "/pets/~", "/pets/~", True, True),
        ("/pets/", "/pets/", "/pets/", True, True),
        ("/pets", "/pets/", "/pets/", False, False),
        ("/a//b", "/a//b", "/a//b", True, True),
        ("/a/./b", "/a/b", "/a/b", True, True),
        ("/a/./b", "/a/./b", "/a/./b", True, True),
        ("/a/c/../b", "/a/%63/%2e./b", "/a/c/../b", True, True),
        ("/a|b", "/a%7Cb", "/a|b", True, True),
        ("/a%00b", "/a%00b", "/a\0b", True, True),
    ],
)
def test_odd_paths_on_rest_and_http_apis(htu, raw, decoded, on_rest, on_http):
    assert matches(HOST + htu, raw) == on_rest
    assert matches(HOST + htu, decoded, decoded=True) == on_http


@pytest.mark.rule("R44")
@pytest.mark.parametrize(
    ("base", "htu"),
    [
        ("https://ws.example.com/dev", "wss://ws.example.com/dev"), ("wss://ws.example.com/dev", "https://ws.example.com/dev?x=1"),
        ("https://ws.example.com", "wss://ws.example.com"), ("https://ws.example.com", "wss://ws.example.com:443/"),
        ("http://127.0.0.1:8080/dev", "ws://127.0.0.1:8080/dev"),
    ],
)  # fmt: skip
def test_a_handshake_is_at_the_public_address_itself_with_the_scheme_of_sockets_or_of_http(base, htu):
    assert matches(htu, "", base, method="$connect")
    assert not matches(f"{htu.partition('?')[0]}/x", "", base, method="$connect")


@pytest.mark.rule("R44")
def test_the_scheme_of_sockets_is_for_handshakes_alone():
    assert not matches("wss://api.example.com/pets", "/pets")


@pytest.mark.parametrize(
    "url",
    ["", "api.example.com", "https://", "ftp://h/", "https://u@h/", "https://bücher.example", "https://h/a b", "https://h/%2Fa", "https://h/?a", "https://h/#a"],
)  # fmt: skip
def test_a_public_address_that_is_none_is_a_mistake_of_the_settings(url):
    with pytest.raises(SettingsError, match=r"^public_base_urls\[1\]: '"):
        PublicAddresses([HOST, url])
