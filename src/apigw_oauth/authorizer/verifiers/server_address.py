"""ServerAddress: a URL of the settings, or of a discovery document, taken apart and found safe to ask."""

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import urlsplit

from apigw_oauth.authorizer.errors import SettingsError

_HOST = re.compile(
    r"(?!.{254})[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\.?"
)
_PATH = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*")
_QUERY = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*")


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
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise SettingsError("is not a URL") from None
        if (
            parts.scheme not in {"https", "http"}
            or (parts.query and not query)
            or parts.fragment
            or parts.username is not None
            or port == 0
        ):
            raise SettingsError("must be https://HOST, without user, query and fragment")
        if not (_HOST.fullmatch(host) or _is_address(host)) or not _PATH.fullmatch(parts.path):
            raise SettingsError("has a host or a path that cannot be")
        if not _QUERY.fullmatch(parts.query):
            raise SettingsError("has a query that cannot be")
        if parts.scheme == "http" and not is_loopback(host):
            raise SettingsError("http:// is for loopback addresses only (127.0.0.1, [::1]); use https://")
        https = parts.scheme == "https"
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return cls(https, host, port or (443 if https else 80), target)

    @property
    def origin(self) -> str:
        """Scheme, host and port as a URL without a path."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = 443 if self.https else 80
        return f"{'https' if self.https else 'http'}://{host}{'' if self.port == default else f':{self.port}'}"


def _is_address(host: str) -> bool:
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
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
