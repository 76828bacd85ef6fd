"""Resources that a token is asked for. See RFC 8707 §2."""

import re
from collections.abc import Sequence

_MAX_RESOURCES = 20
_ABSOLUTE_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]{1,2000}", re.ASCII)


def are_in_order(resources: Sequence[str]) -> bool:
    """Tell whether each is an absolute URI without fragment, and there are not too many of them."""
    return len(resources) <= _MAX_RESOURCES and all(map(_ABSOLUTE_URI.fullmatch, resources))


def distinct(resources: Sequence[str]) -> tuple[str, ...]:
    """Each once, in the order of the request."""
    return tuple(dict.fromkeys(resources))
