"""What a person should know, told once or every time."""

from collections.abc import Callable


class Notices:
    """Passes notices on."""

    def __init__(self, on_notice: Callable[[str], None], *, capacity: int = 1_000) -> None:
        self._on_notice = on_notice
        self._capacity = capacity
        self._told: set[str] = set()

    def tell(self, notice: str) -> None:
        """Pass a notice on."""
        self._on_notice(notice)

    def once(self, *notices: str) -> None:
        """Pass on those notices that were not told before."""
        for notice in notices:
            if notice not in self._told and len(self._told) < self._capacity:
                self._told.add(notice)
                self._on_notice(notice)
