"""The URL of an HTTP server that gets requests, with variables as API Gateway has them."""

import re

_VARIABLE = re.compile(r"\{([^{}]*?)\+?\}")


def http_uri(url: str) -> str:
    """Return the URL: what is `{proxy+}` in a path is `{proxy}` here."""
    return _VARIABLE.sub(r"{\1}", url)


def variables(url: str) -> tuple[str, ...]:
    """Return the names of the path variables in the URL."""
    return tuple(dict.fromkeys(_VARIABLE.findall(url)))
