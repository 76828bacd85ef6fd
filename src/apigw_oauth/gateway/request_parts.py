"""What the requests of every kind of API have in common: queries and times."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import unquote_plus

MultiMap = dict[str, list[str]]


# strftime's %b follows the locale, AWS does not.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def request_time(time: float) -> str:
    """Return a time as events have it: `17/Jun/2024:15:02:03 +0000`."""
    return _request_time(int(time))


@lru_cache(maxsize=4)
def _request_time(seconds: int) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment.day:02d}/{_MONTHS[moment.month - 1]}/{moment:%Y:%H:%M:%S} +0000"


def decoded_query(query: str) -> MultiMap:
    """Return the parameters of a query, decoded."""
    if not query:
        return {}
    pairs = (part.partition("=") for part in query.split("&") if part)
    return collect((unquote_plus(name), unquote_plus(value)) for name, _, value in pairs)


def collect(pairs: Iterable[tuple[str, str]], *, ignore_case: bool = False) -> MultiMap:
    """Return all values by name; the first spelling of a name is the one kept."""
    found: MultiMap = {}
    spelling: dict[str, str] = {}
    for name, value in pairs:
        key = spelling.setdefault(name.lower() if ignore_case else name, name)
        found.setdefault(key, []).append(value)
    return found


def last_values(values: MultiMap) -> dict[str, str]:
    """Return the last value of each name: the single-value maps of the REST events."""
    return {name: several[-1] for name, several in values.items()}
