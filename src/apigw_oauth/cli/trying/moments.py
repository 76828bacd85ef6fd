"""Moments and spans of time in words."""

from datetime import UTC, datetime

_UNITS = ((86_400, "day", 36 * 3600), (3600, "hour", 90 * 60), (60, "minute", 90))


def span(seconds: float) -> str:
    """Return a span of time as people say it, rounded down: `23 minutes`."""
    whole = max(0, int(seconds))
    for size, name, at_least in _UNITS:
        if whole >= at_least:
            return _counted(whole // size, name)
    return _counted(whole, "second")


def _counted(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


def moment_of(seconds: float) -> str:
    """Return date and time in UTC, for seconds since the epoch."""
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%d %H:%M:%S}"


def relative(moment: float, now: float) -> str:
    """Return when a token ends or ended: `ends in 23 minutes`."""
    return f"ends in {span(moment - now)}" if moment > now else f"ended {span(now - moment)} ago"
