"""How wide the text of a command is."""

import os
import shutil
import sys
from collections.abc import Mapping
from typing import TextIO

_USUAL = 100  # columns, also on wider terminals: longer lines are hard to read
_LEAST = 40


def text_width(file: TextIO | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Return the columns to fill: those of COLUMNS, where it is set; else of the terminal, at most 100."""
    told = environ.get("COLUMNS", "")
    if told.isascii() and told.isdecimal() and len(told) < 5 and int(told) > 0:
        return max(_LEAST, int(told))
    file = sys.stdout if file is None else file
    if not file.isatty():
        return _USUAL
    return max(_LEAST, min(shutil.get_terminal_size((_USUAL, 1)).columns, _USUAL))
