"""What a person should know, told once or every time."""

import traceback
from collections.abc import Callable

from apigw_oauth.gateway.refusal import RefusedError


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

    def own_failure(self, error: Exception) -> RefusedError:
        """Tell of a mistake in the gateway itself: its place, not its message. Return what the client gets."""
        self.tell(f"the local gateway itself failed:\n{''.join(traceback.format_tb(error.__traceback__))}")
        reason = f"the local gateway itself failed: {type(error).__name__}"
        return RefusedError("API_CONFIGURATION_ERROR", decision="error", reason=reason)
