"""What a client gets when its token has ended, and the answer that allowed it is still kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apigw_oauth.cli.trying.guarded_api import Api
from apigw_oauth.cli.trying.recorder import Repeater
from apigw_oauth.cli.trying.trial_gateway import TrialGateway
from apigw_oauth.gateway.http_messages import GatewayRequest

_CURRENT_TIME = "aws:currenttime"


@dataclass(frozen=True, slots=True)
class AfterTheEnd:
    """What the cache answers after `end` (seconds since the epoch), until the entry dies after `ttl` seconds."""

    end: float
    status: int
    challenge: str | None
    ttl: int


async def find(
    api: Api, answer: object, request: GatewayRequest, *, ttl: int, end: float | None
) -> AfterTheEnd | None:
    """Return what the gateway makes of an answer that it got just before the token ended.

    None where no end is known, or nothing is kept. The clock is moved, the answer is the real one, and nobody is
    asked.
    """
    end = _end(answer) or end
    if end is None or not ttl:
        return None
    now = [end - 1]
    gateway = TrialGateway(api, Repeater(answer), seconds=ttl, clock=_reading(now))
    await gateway.send(request)
    now[0] = end + min(1, ttl / 2)
    reply = await gateway.send(request)
    if reply.record.authorizer != "cached":
        return None
    return AfterTheEnd(end, reply.record.status, reply.response.header("WWW-Authenticate"), ttl)


def _reading(now: list[float]) -> Callable[[], float]:
    return lambda: now[0]


def _end(answer: object) -> float | None:
    """Return when the Allow of a policy ends, by its condition."""
    document = answer.get("policyDocument") if isinstance(answer, Mapping) else None
    statements = document.get("Statement") if isinstance(document, Mapping) else None
    ends = [_end_of(statement) for statement in statements] if isinstance(statements, list) else []
    return min((end for end in ends if end is not None), default=None)


def _end_of(statement: Any) -> float | None:
    condition = statement.get("Condition") if isinstance(statement, Mapping) else None
    if not isinstance(condition, Mapping) or statement.get("Effect") != "Allow":
        return None
    for operator, keys in condition.items():
        if operator.startswith("DateLessThan") and isinstance(keys, Mapping):
            for key, value in keys.items():
                if key.lower() == _CURRENT_TIME:
                    return _moment(value)
    return None


def _moment(value: object) -> float | None:
    try:
        return datetime.fromisoformat(str(value)).timestamp()
    except (ValueError, OverflowError):
        return None
