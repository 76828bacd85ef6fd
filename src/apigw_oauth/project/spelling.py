"""How names and addresses of the project file are spelt, and how a mistake is told: in words."""

import re
from typing import Annotated

from pydantic import AfterValidator


def _like(pattern: str, words: str) -> AfterValidator:
    """Check the spelling of a text; what is told is in words, since nobody wants to read the expression."""

    def check(text: str) -> str:
        if re.fullmatch(pattern, text) is None:
            raise ValueError(words)
        return text

    return AfterValidator(check)


ApiName = Annotated[
    str,
    _like(
        "[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}",
        "must have 1 to 100 letters, digits, spaces, dots, - and _, and begin with a letter or digit",
    ),
]
StageName = Annotated[
    str, _like(r"[A-Za-z0-9_-]{1,128}|\$default", "must have 1 to 128 letters, digits, - and _, such as dev")
]
PublicUrl = Annotated[
    str, _like(r"https?://[^\s?#]+", "must be an address like https://api.example.com, without query and fragment")
]
HttpUrl = Annotated[str, _like(r"(?s:https?://.*)", "must begin with https:// or http://")]
ResponseType = Annotated[str, _like("[A-Z0-9_]+", "must be a type of gateway response, such as UNAUTHORIZED")]
