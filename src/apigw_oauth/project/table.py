"""How a table of the project file is read: strictly, and with messages in words."""

import re
from collections.abc import Iterator
from typing import Any, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from apigw_oauth.authorizer.errors import SettingsError

Model = TypeVar("Model", bound=BaseModel)

_UNKNOWN = "extra_forbidden"
"""What pydantic says of a key that no field has."""


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
        meant = [_meant(model, mistake["loc"]) if mistake["type"] == _UNKNOWN else "" for mistake in mistakes]
        lines = [f"{place}: {one}{other}" for one, other in zip(told, meant, strict=True)]
        raise SettingsError("\n".join(dict.fromkeys(lines))) from None


def _key(prefix: str, location: tuple[int | str, ...]) -> str:
    key = prefix
    # Of a key that is wrong itself, pydantic says "[key]" behind it.
    for part in location[:-1] if location[-1:] == ("[key]",) else location:
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else part
    return key


def _meant(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    """Return a known key that looks like an unknown one, as the end of a message."""
    import difflib

    for part in location[:-1]:  # one that is no field is a number in a list, a key in a table, or an alternative
        field = model.model_fields.get(str(part))
        model = model if field is None else next(_tables(field.annotation), model)
    known = [field.alias or name for name, field in model.model_fields.items()]
    alike = difflib.get_close_matches(str(location[-1]), known, n=1)
    return f"; is {alike[0]} meant?" if alike else ""


def _tables(annotation: Any) -> Iterator[type[BaseModel]]:
    """Give the tables that a type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for one in get_args(annotation):
        yield from _tables(one)


def _say(key: str, kind: str, message: str) -> str:
    said = {_UNKNOWN: "there is no such key", "missing": "is missing"}
    return f"{key}: {said.get(kind, message.removeprefix('Value error, '))}"
