"""The address that a DPoP proof names, in one spelling. See RFC 9449 §4.3, RFC 3986 §6.2.2 and §6.2.3."""

import re
from urllib.parse import SplitResult, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNRESERVED = re.compile(r"[A-Za-z0-9\-._~]", re.ASCII)
_TRIPLET = re.compile(r"%([0-9A-Fa-f]{2})")
_ADDRESS = re.compile(r"[\x21-\x7e]{1,2000}", re.ASCII)


def normalized(url: str) -> str | None:
    """Write an address without query and fragment in one spelling; None when it is none of http or https."""
    if not _ADDRESS.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        return _written(parts)
    except ValueError:
        return None


def _written(parts: SplitResult) -> str | None:
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in {None, _DEFAULT_PORTS[parts.scheme]} else f":{parts.port}"
    path = _TRIPLET.sub(_triplet, parts.path) or "/"
    return f"{parts.scheme}://{host}{port}{_without_dot_segments(path)}"


def _triplet(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if _UNRESERVED.fullmatch(character) else match[0].upper()


def _without_dot_segments(path: str) -> str:
    """See RFC 3986 §5.2.4."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)
