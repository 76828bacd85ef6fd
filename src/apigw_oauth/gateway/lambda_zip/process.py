"""The process of an execution environment: it ends with the gateway, however that ends."""

import fcntl
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_PATIENCE = 2.0  # seconds for the last lines of a process that has ended


class FunctionProcess:
    """A process in a group of its own. Its output, both kinds together, goes to `log` line by line.

    Both callbacks are called from threads; `on_exit` gets what Lambda says of the exit.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environ: Mapping[str, str],
        directory: Path,
        log: Callable[[str], object],
        on_exit: Callable[[str], object],
    ) -> None:
        ours, self._lifeline = os.pipe()
        try:
            self._process = subprocess.Popen(  # noqa: S603 an interpreter that was chosen for it
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=dict(environ),
                cwd=directory,
                pass_fds=[ours],
                start_new_session=True,
            )
            _end_with_us(ours, self._process.pid)
        except BaseException:
            os.close(self._lifeline)
            raise
        finally:
            os.close(ours)
        self._reader = threading.Thread(target=self._read, args=(log,), daemon=True)
        self._reader.start()
        threading.Thread(target=self._watch, args=(on_exit,), daemon=True).start()

    def kill(self) -> None:
        """End the process, and those it has started. May be called once."""
        # It is still there, if only as a zombie: the number is nobody else's.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._lifeline)
        self._reader.join(_PATIENCE)

    def _read(self, log: Callable[[str], object]) -> None:
        if self._process.stdout is not None:
            with self._process.stdout as output:
                for line in output:
                    # The runtime client separates the lines of one message like this.
                    log(line.decode("utf-8", "replace").rstrip("\n").replace("\r", "\n"))

    def _watch(self, on_exit: Callable[[str], object]) -> None:
        with suppress(ChildProcessError):
            ended = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
            if ended is not None:
                self._reader.join(_PATIENCE)
                on_exit(_told(ended))


def _end_with_us(pipe: int, pid: int) -> None:
    """Let the system signal a process when the other end of a pipe is closed, as it is when this process ends.

    The signal is SIGIO, which ends a process that does not expect it. Nothing runs in the process for that.
    """
    fcntl.fcntl(pipe, fcntl.F_SETOWN, pid)
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)


def _told(ended: os.waitid_result) -> str:
    if ended.si_code != os.CLD_EXITED:
        name = signal.strsignal(ended.si_status) or str(ended.si_status)
        return f"Runtime exited with error: signal: {name.lower()}"
    if ended.si_status == 0:
        return "Runtime exited without providing a reason"
    return f"Runtime exited with error: exit status {ended.si_status}"
