"""Why an access token is not accepted."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Refusal:
    """Action, OAuth error and result code; `further` are attributes of the challenge beyond RFC 6750's."""

    action: str
    error: str
    code: str
    values: tuple[object, ...] = ()
    further: Mapping[str, str] = field(default_factory=dict)
