"""ServerAddress: a URL of the settings, or of a discovery document, taken apart and found safe to ask.

By hand: `urllib.parse`, `ipaddress` and three patterns are 14 million instructions of a start, 6 % of those of the
least function that asks a server.
"""

from typing import NamedTuple

from apigw_oauth.authorizer.errors import SettingsError

_LABEL = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
_DIGITS = "0123456789"
_HEX_DIGITS = frozenset(_DIGITS + "abcdefABCDEF")
_ADDRESS = _DIGITS + "abcdef:."
_PATH = _LABEL + ".~!$&'()*+,;=:@/%"
_QUERY = _PATH + "?"


class ServerAddress(NamedTuple):
    """Where a server is, and what to ask there."""

    https: bool
    host: str
    port: int
    target: str
    """Path and query, empty for the root."""

    @classmethod
    def parse(cls, url: str, *, query: bool = False) -> "ServerAddress":
        """Take a URL apart; `query`: it may have one.

        Raises SettingsError, without the value: a secret may have been put in its place.
        """
        scheme, separator, rest = url.partition("://")
        rest, _, fragment = rest.partition("#")
        rest, _, asked = rest.partition("?")
        authority, slash, path = rest.partition("/")
        host, port = _host_and_port(authority)
        scheme = scheme.lower()
        if scheme not in {"https", "http"} or not separator or (asked and not query) or fragment or port == 0:
            raise SettingsError("must be https://HOST, without user, query and fragment")
        if not (_is_name(host) or _is_address(host)) or not _is_made_of(_PATH, slash + path):
            raise SettingsError("has a host or a path that cannot be")
        if not _is_made_of(_QUERY, asked):
            raise SettingsError("has a query that cannot be")
        if scheme == "http" and not is_loopback(host):
            raise SettingsError("http:// is for loopback addresses only (127.0.0.1, [::1]); use https://")
        target = f"{slash}{path}?{asked}" if asked else slash + path
        return cls(scheme == "https", host, port or (443 if scheme == "https" else 80), target)

    @property
    def origin(self) -> str:
        """Scheme, host and port as a URL without a path."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = 443 if self.https else 80
        return f"{'https' if self.https else 'http'}://{host}{'' if self.port == default else f':{self.port}'}"


def _host_and_port(authority: str) -> tuple[str, int | None]:
    """Take the part before the path apart; an IPv6 address stands in brackets. Raises SettingsError."""
    if "@" in authority:
        raise SettingsError("must be https://HOST, without user, query and fragment")
    host, separator, port = authority.rpartition(":")
    if not separator or "]" in port:
        host, port = authority, ""
    if host.startswith("[") and host.endswith("]") and ":" in host:
        host = host[1:-1]
    elif ":" in host:
        raise SettingsError("is not a URL")
    if port.strip(_DIGITS) or len(port) > len("65535") or int(port or 1) > 65535:
        raise SettingsError("is not a URL")
    return host.lower(), int(port) if port else None


def _is_name(host: str) -> bool:
    """Say whether a host has the form of a name, or of an IPv4 address. See RFC 1123 §2.1."""
    labels = host.removesuffix(".").split(".")
    return len(host) < 254 and all(
        0 < len(label) < 64 and not label.strip(_LABEL) and label[0] != "-" != label[-1] for label in labels
    )


def _is_made_of(characters: str, text: str) -> bool:
    """Say whether a text is made of these alone, and each `%` stands before two hexadecimal digits."""
    return not text.strip(characters) and all(
        len(part) > 1 and _HEX_DIGITS.issuperset(part[:2]) for part in text.split("%")[1:]
    )


def _is_address(host: str) -> bool:
    """Say whether a host is an IPv6 address; one with a zone is of another machine's cable, and none."""
    if ":" not in host or host.strip(_ADDRESS):
        return False
    import ipaddress  # for these alone: most servers have names

    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_plain_http(value: object) -> bool:
    """Say whether a value of the settings is a URL that goes over the wire unprotected."""
    return isinstance(value, str) and value.startswith("http://")


def is_loopback(host: str) -> bool:
    """Say whether the host is a loopback address, written as an address: a name can be made to point anywhere."""
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
