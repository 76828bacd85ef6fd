"""The request target, read as HTTP APIs read it: decoded.

AWS hands functions a decoded `rawPath` (recorded) that ends before a decoded `?` (reported, with captures:
hotsock/voker#8). Nobody has shown whether routes and ARNs are compared with the path as it came or decoded. Here
it is the same decoded string for all of them: then a function and its policy see the path that was routed.
"""

from functools import lru_cache
from urllib.parse import unquote

from apigw_oauth.gateway.http_api.api import DEFAULT
from apigw_oauth.gateway.request_target import RequestTarget, may_be_remembered, split


def parse(target: str, stage: str) -> RequestTarget:
    """Read a target. Its `path` is decoded and without the stage, `stage_path` as the client wrote it.

    Slashes directly after the base URL count as one: reported for `$default` (localstack/localstack#8170), as is
    recorded for REST APIs. All others stay, and dot segments too.
    """
    return _seen_before(target, stage) if may_be_remembered(target) else _parsed(target, stage)


def _parsed(target: str, stage: str) -> RequestTarget:
    path, query = split(target)
    prefix = "" if stage == DEFAULT else f"/{stage}"
    inside = path.startswith("/") if stage == DEFAULT else path == prefix or path.startswith(f"{prefix}/")
    if not inside:
        return RequestTarget(path, path, query, in_stage=False)
    return RequestTarget("/" + decoded(path[len(prefix) :]).lstrip("/"), path, query, in_stage=True)


# Most requests are to a few paths: 2 thousand instructions instead of 18.
_seen_before = lru_cache(maxsize=1_000)(_parsed)


@lru_cache(maxsize=100)
def decoded(path: str) -> str:
    """Return a path as functions see it. What is not UTF-8 becomes the replacement character (an assumption)."""
    return unquote(path, errors="replace").partition("?")[0]
