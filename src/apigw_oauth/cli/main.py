"""The command `apigw-oauth`: how it begins and ends. It loads little before it can be interrupted."""

import os
import signal
import sys

from apigw_oauth.cli.signals import ending_signals

WRONG_USAGE, INTERRUPTED = 2, 130


class _Interrupted(BaseException):
    """Somebody pressed Ctrl-C, or asked this process to end; nothing on the way may take it for something else."""


def main() -> None:
    """Run the command and exit: 0 for success, 1 for "the answer is no", 2 for wrong usage or settings."""
    try:
        for number in ending_signals():
            signal.signal(number, _interrupt)
        _open_standard_streams()
        run_command()
    except (_Interrupted, KeyboardInterrupt):  # the latter until the handlers are there
        sys.exit(INTERRUPTED)


def run_command() -> None:
    """Run what the arguments say, with the signals as they are. Raises SystemExit with the status."""
    import typer

    from apigw_oauth.cli.app import app, colours
    from apigw_oauth.cli.options import WrongUsageError

    try:
        app()
    except WrongUsageError as error:
        message = str(error)
    except OSError as error:
        message = f"{error.strerror}: {error.filename or 'output'}"
    else:
        return
    typer.echo(f"{typer.style('error:', fg='red')} {message}", err=True, color=colours())
    sys.exit(WRONG_USAGE)


def _open_standard_streams() -> None:
    """Open what whoever started this has closed, or the next file to be opened takes its place."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


def _interrupt(_number: int, _frame: object) -> None:
    raise _Interrupted
