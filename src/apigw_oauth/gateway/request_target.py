"""The request target, read as API Gateway reads it: raw, nothing decoded, nothing resolved."""

from dataclasses import dataclass
from typing import Self

_LONGEST_KEPT = 200


@dataclass(frozen=True, slots=True)
class RequestTarget:
    """`path` is without the stage, `stage_path` as the client wrote it; `in_stage`: it lies on this stage.

    Slashes directly after the stage count as one (recorded on AWS for two of them); all others stay. Dot segments
    stay too.
    """

    path: str
    stage_path: str
    query: str
    in_stage: bool

    @classmethod
    def parse(cls, target: str, stage: str) -> Self:
        """Read a target in origin form, absolute form, or any other: `*` and `host:port` lie on no stage."""
        path, query = split(target)
        prefix = f"/{stage}"
        if path != prefix and not path.startswith(f"{prefix}/"):
            return cls(path, path, query, in_stage=False)
        return cls("/" + path[len(prefix) :].lstrip("/"), path, query, in_stage=True)


def split(target: str) -> tuple[str, str]:
    """Return path and query of a target; of one in absolute form without scheme and host."""
    if target.lower().startswith(("http://", "https://")):
        rest = target.partition("://")[2]
        cut = min((rest.find(sign) for sign in "/?" if sign in rest), default=len(rest))
        target = rest[cut:] if rest[cut:].startswith("/") else f"/{rest[cut:]}"
    path, _, query = target.partition("?")
    return path, query


def may_be_remembered(target: str) -> bool:
    """Say whether a target may be kept: one with more than a path may hold a credential, a long one takes room."""
    return len(target) <= _LONGEST_KEPT and target.startswith("/") and "?" not in target
