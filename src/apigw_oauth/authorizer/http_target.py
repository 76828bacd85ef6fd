"""Which URL a request was sent to, and whether a proof was made for it (`htu`).

See RFC 9449 §4.3 and RFC 3986 §6.2. The URL that clients see comes from the settings, together with the path of
the event; never from `Host`, `Forwarded` or `X-Forwarded-*`, which the sender may choose. How odd spellings behave
is listed in docs/sender-constraint.md.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.request import Request

_URL = re.compile(
    r"(?P<scheme>https?|wss?)://"
    r"(?P<host>[a-z0-9_](?:[a-z0-9._-]{0,252})|\[[0-9a-f:.]{2,45}\])(?::(?P<port>[1-9][0-9]{0,4})?)?"
    r"(?P<path>/[!-\"$->@-~]*)?(?P<rest>[?#][!-~]*)?",
    re.IGNORECASE | re.ASCII,
)
_DEFAULT_PORTS = {"https": "443", "http": "80"}
_OF_HANDSHAKES = {"wss": "https", "ws": "http"}
_TO_SPELL = re.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9._~!$&'()*+,;=:@/-]")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_TRIPLET = re.compile(r"%([0-9A-F]{2})")
_RESERVED_OR_PERCENT = frozenset(b":/?#[]@!$&'()*+,;=%")


class HttpTarget(NamedTuple):
    """A URL without query and fragment, in the one spelling that is compared."""

    origin: str
    path: str
    """Begins with a slash; other characters than those that a path may hold are percent-encoded."""

    def __str__(self) -> str:
        """Print the URL."""
        return self.origin + self.path

    @classmethod
    def parse(cls, url: str, *, handshake: bool = False) -> "HttpTarget":
        """Read a URL and write it as RFC 3986 §6.2.2 and §6.2.3 normalize it; `handshake`: wss:// is https://.

        Raises ValueError for what is none, for user information, for hosts that are neither a name in ASCII nor an
        address, for a `%` that encodes nothing, and for a path that leads above its root.
        """
        found = _URL.fullmatch(url)
        if found is None:
            raise ValueError("not an http URL")
        scheme = found["scheme"].lower()
        scheme = _OF_HANDSHAKES.get(scheme, scheme) if handshake else scheme
        if scheme not in _DEFAULT_PORTS:
            raise ValueError("not an http URL")
        port = "" if found["port"] in {None, _DEFAULT_PORTS[scheme]} else f":{found['port']}"
        path = _without_dots(_TO_SPELL.sub(_spell, found["path"] or "/"))
        return cls(f"{scheme}://{found['host'].lower()}{port}", path)


class PublicAddress:
    """An address by which clients know the API: an origin, and where its paths begin."""

    __slots__ = ("_decoded_prefix", "_origin", "_prefix")

    def __init__(self, url: str) -> None:
        """Read it; a slash at its end has no meaning. Raises SettingsError."""
        try:
            target = HttpTarget.parse(url, handshake=True)
            self._origin, self._prefix = target.origin, target.path.rstrip("/")
            self._decoded_prefix = _decoded(self._prefix)
        except ValueError:
            raise SettingsError(
                f"{url!r} is not an address like https://api.example.com or https://api.example.com/v1"
            ) from None
        if "?" in url or "#" in url:
            raise SettingsError(f"{url!r} must have neither query nor fragment")

    def has(self, target: HttpTarget, request: Request) -> bool:
        """Say whether the target is where the request was sent, if it came by this address.

        The path of an event that came by a custom domain is reported to begin with the prefix already.
        """
        below = request.external_path
        if below is None or target.origin != self._origin:
            return False
        try:
            path, prefix = target.path, self._prefix
            if request.path_is_decoded:
                path, prefix = _decoded(path), self._decoded_prefix
            else:
                below = _TO_SPELL.sub(_spell, below)
            below = _without_dots(below) if below else ""
        except ValueError:
            return False
        is_whole = below == prefix or below.startswith(f"{prefix}/")
        return path == ((below if is_whole else prefix + below) or "/")


class PublicAddresses:
    """All the addresses of the API."""

    __slots__ = ("_addresses",)

    def __init__(self, urls: Sequence[str]) -> None:
        """Read them. Raises SettingsError."""
        self._addresses = tuple(_read(urls))

    def __bool__(self) -> bool:
        """Say whether any address is known."""
        return bool(self._addresses)

    def match(self, htu: str, request: Request) -> str | None:
        """Return `htu` in its normal form if it names where the request was sent, by any address; else None."""
        try:
            target = HttpTarget.parse(htu, handshake=request.method == "$connect")
        except ValueError:
            return None
        return str(target) if any(address.has(target, request) for address in self._addresses) else None


def _read(urls: Sequence[str]) -> Iterable[PublicAddress]:
    for number, url in enumerate(urls):
        try:
            yield PublicAddress(url)
        except SettingsError as error:
            raise SettingsError(f"public_base_urls[{number}]: {error}") from None


def _spell(found: re.Match[str]) -> str:
    """Spell what may be spelled in several ways in the normal one. Raises ValueError."""
    text = found[0]
    if text == "%":
        raise ValueError("a percent sign that encodes nothing")
    if len(text) == 1:
        return "".join(f"%{octet:02X}" for octet in text.encode("utf-8"))
    character = chr(int(text[1:], 16))
    return character if character in _UNRESERVED else text.upper()


def _without_dots(path: str) -> str:
    """Remove the segments `.` and `..`. Raises ValueError where they lead above the root. See RFC 3986 §5.2.4.

    RFC 3986 stays at the root instead; here that would lead out of an API, to its neighbour at the same origin.
    """
    start, *segments = path.split("/")
    if start or not segments:
        raise ValueError("the path does not begin with a slash")
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            if not kept:
                raise ValueError("the path leads above its root")
            kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _decoded(path: str) -> str:
    """Decode a path as HTTP APIs do. Raises ValueError where several paths would look the same afterwards.

    An encoded reserved character cannot be told from the character itself any more, and `%25`
    makes others look encoded.
    """
    octets = bytearray()
    end = 0
    for found in _TRIPLET.finditer(path):
        octet = int(found[1], 16)
        if octet in _RESERVED_OR_PERCENT:
            raise ValueError("an encoded character that has a meaning of its own")
        octets += path[end : found.start()].encode("ascii")
        octets.append(octet)
        end = found.end()
    octets += path[end:].encode("ascii")
    return octets.decode("utf-8")
