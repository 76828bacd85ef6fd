"""The signals that end a command."""

import signal


def ending_signals() -> list[signal.Signals]:
    """Return the signals that end a command; a hang-up does not if `nohup` has said so."""
    hangs_up = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
    return [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hangs_up else [])]
