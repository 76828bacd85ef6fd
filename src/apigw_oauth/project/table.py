"""How a table of the project file is read: strictly, and with messages in words."""

import re
from typing import Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from apigw_oauth.authorizer.errors import SettingsError

Model = TypeVar("Model", bound=BaseModel)


class Table(BaseModel):
    """A table of the file: a key that it does not know is a mistake, and nothing is converted silently."""

    # Not built before it is needed: what stands in another table is checked as part of that.
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


def like(pattern: str, words: str) -> AfterValidator:
    """Check the spelling of a text; a mistake is told in words, not as an expression."""

    def check(text: str) -> str:
        if re.fullmatch(pattern, text) is None:
            raise ValueError(words)
        return text

    return AfterValidator(check)


def validate(model: type[Model], content: Any, *, place: str, key: str = "") -> Model:
    """Check content against a table's model. Raises SettingsError with every mistake, and without any value."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        mistakes = error.errors(include_url=False, include_context=False)
        told = [_say(_key(key, mistake["loc"]), mistake["type"], mistake["msg"]) for mistake in mistakes]
        lines = [f"{place}: {one}" for one in told]
        raise SettingsError("\n".join(dict.fromkeys(lines))) from None


def _key(prefix: str, location: tuple[int | str, ...]) -> str:
    key = prefix
    # Of a key that is wrong itself, pydantic says "[key]" behind it.
    for part in location[:-1] if location[-1:] == ("[key]",) else location:
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else part
    return key


def _say(key: str, kind: str, message: str) -> str:
    said = {"extra_forbidden": "there is no such key", "missing": "is missing"}
    return f"{key}: {said.get(kind, message.removeprefix('Value error, '))}"
