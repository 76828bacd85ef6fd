"""Lists in messages: the first few, and how many more."""

from collections.abc import Iterable

_MOST = 5


def listed(names: Iterable[str]) -> str:
    """Print names: `a, b and 17 more`."""
    all_names = list(names)
    if len(all_names) <= _MOST:
        return ", ".join(all_names)
    return f"{', '.join(all_names[:_MOST])} and {len(all_names) - _MOST} more"
