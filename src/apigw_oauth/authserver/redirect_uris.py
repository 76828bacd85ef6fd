"""Which redirect URIs a client may use, and where their origin lies."""

import re
from urllib.parse import urlsplit

MAX_LENGTH = 200
_RFC3986_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+", re.ASCII)
_BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:", re.ASCII)
_LOOPBACK = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\]))(?::[0-9]{1,5})?((?:[/?].*)?)", re.ASCII)
_CSP_HOST = re.compile(r"[A-Za-z0-9.\-]+", re.ASCII)


def problem_with(redirect_uri: str) -> str | None:
    """Say what is wrong with the form of a redirect URI, as a result code.

    None means it is well-formed, absolute and without fragment. Does not say whether a client registered it.
    See RFC 6749 §3.1.2.
    """
    if len(redirect_uri) > MAX_LENGTH or not _RFC3986_CHARACTERS.fullmatch(redirect_uri):
        return "A011314"
    if _BROKEN_PERCENT.search(redirect_uri):
        return "A011314"
    if not _SCHEME.match(redirect_uri):
        return "A011315"
    if "#" in redirect_uri:
        return "A011316"
    return None if _has_valid_authority(redirect_uri) else "A011314"


def _has_valid_authority(redirect_uri: str) -> bool:
    try:
        parts = urlsplit(redirect_uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return bool(host) if parts.scheme in {"http", "https"} else True


def is_same_but_for_loopback_port(redirect_uri: str, registered: str) -> bool:
    """Compare exactly, except for the port of a loopback address, which a native app does not know before.

    Not for the name localhost. See RFC 8252 §7.3, RFC 9700 §2.1.
    """
    one, other = _LOOPBACK.fullmatch(redirect_uri), _LOOPBACK.fullmatch(registered)
    return redirect_uri == registered or (one is not None and other is not None and one.groups() == other.groups())


def csp_source(redirect_uri: str) -> str:
    """Name the origin of a well-formed redirect URI as a Content-Security-Policy source.

    Schemes of native apps, and hosts that the policy's grammar cannot spell (IPv6), are named by scheme alone.
    See https://www.w3.org/TR/CSP3/#grammardef-host-source.
    """
    parts = urlsplit(redirect_uri)
    if parts.scheme not in {"http", "https"} or not _CSP_HOST.fullmatch(parts.hostname or ""):
        return f"{parts.scheme}:"
    port = f":{parts.port}" if parts.port is not None else ""
    return f"{parts.scheme}://{parts.hostname}{port}"


def with_query(redirect_uri: str, encoded: str) -> str:
    """Append form-encoded parameters to the query of a redirect URI."""
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{encoded}"
