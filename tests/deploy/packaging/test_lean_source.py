"""Lean sources do what the plain ones do; the whole suite of the authorizer passes on them as well."""

import copy
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from apigw_oauth.authorizer.lean_values import LeanTuple
from apigw_oauth.deploy.packaging.lean_source import lean
from apigw_oauth.deploy.packaging.own_modules import ROOT
from tests.deploy.packaging.packages import INSTALLED, interpreter_of

SOURCE = '''
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from nowhere import (
        Nothing,
    )
else:
    Nothing = "ä"

Made = TypeVar("Made")
Word = Literal["a", "b"]
Say = Callable[[str], object]
PLACES: Mapping[str, int] = {"a": 1}


class Reader(Protocol):
    """Reads."""

    form: str

    def read(self, text: str, /) -> "Nothing | None":
        """Return something."""
        ...


class Thing(NamedTuple, Generic[Made]):
    """A thing."""

    name: str
    """What it is called."""
    made: Made | None = None
    facts: Mapping[
        str, Any
    ] = MappingProxyType(
        {}
    )

    def __str__(self) -> str:
        """Print it."""
        return f"{self.name}!"


class Why(StrEnum):
    """Words."""

    # A group
    GOOD = "good"
    TOO_BAD = "too_bad"
    """The other."""


class Meta(type):
    pass


class Mapped(dict[str, int], metaclass=Meta):
    pass


class _Bare(NamedTuple):
    only: int = 1


class Other(ValueError):
    def __init__(self, *given: object, word: Word = "a", **more: dict[str, "Any"]) -> None:
        super().__init__(*given)
        self.word: Word = word
        self.more: dict[str, dict[str, Any]]
        self.more = more


def first(
    things: Iterable[Thing[str]], *, otherwise: Say | None = None
) -> (
    Thing[str] | None
):
    """Return the first."""
    found: Thing[str] | None = next(iter(things), None)
    return found


def line() -> int:
    return [].nothing
'''


def executed(source: bytes) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "module"}
    exec(compile(source, "module.py", "exec"), names)
    return names


@pytest.fixture(scope="module", params=["plain", "lean"])
def names(request: pytest.FixtureRequest) -> dict[str, Any]:
    source = SOURCE.encode()
    return executed(lean(source) if request.param == "lean" else source)


def test_values_behave_alike(names):
    thing, bare = names["Thing"], names["_Bare"]
    one = thing("a", facts={"b": 2})
    assert (one.name, one.made, one.facts) == one == ("a", None, {"b": 2})
    assert repr(one) == "Thing(name='a', made=None, facts={'b': 2})"
    assert (str(one), len(one), isinstance(one, tuple)) == ("a!", 3, True)
    assert one._replace(made=1) == thing("a", 1, {"b": 2})
    assert one._asdict() == {"name": "a", "made": None, "facts": {"b": 2}}
    assert thing._make(["a", 1, {}]) == thing(name="a", made=1, facts={})
    assert thing._fields == thing.__match_args__ == ("name", "made", "facts")
    assert hash(thing("a", facts=())) == hash(("a", None, ()))
    assert type(copy.copy(one)) is thing
    assert bare() == (1,) == bare(only=1)
    match one:
        case thing(name, made=None):
            assert name == "a"
        case _:
            raise AssertionError


@pytest.mark.parametrize(
    "mistake",
    [
        lambda thing: thing(),
        lambda thing: thing("a", nothing=1),
        lambda thing: thing("a", 1, {}, 2),
        lambda thing: thing._make(["a"]),
    ],
    ids=range(4),
)
def test_mistakes_are_mistakes(names, mistake):
    with pytest.raises(TypeError):
        mistake(names["Thing"])


def test_values_can_neither_be_changed_nor_get_members_that_they_have_not(names):
    one = names["Thing"]("a")
    with pytest.raises(AttributeError):
        one.name = "b"
    with pytest.raises(AttributeError):
        one.nothing = 1
    with pytest.raises((TypeError, ValueError)):
        one._replace(nothing=1)


def test_words_behave_alike(names):
    why = names["Why"]
    assert (why.GOOD, why.TOO_BAD.value, why.TOO_BAD.name) == ("good", "too_bad", "TOO_BAD")
    assert (f"{why.GOOD}", str(why.GOOD), repr(why.GOOD)) == ("good", "good", "<Why.GOOD: 'good'>")
    assert (type(why.GOOD), type(why.GOOD.value), json.dumps(why.GOOD)) == (why, str, '"good"')
    assert hash(why.GOOD) == hash("good")
    assert list(why) == [why.GOOD, why.TOO_BAD]
    assert why("too_bad") is why.TOO_BAD is copy.deepcopy(why.TOO_BAD)
    for unknown in ("TOO_BAD", "__doc__", "worse"):
        with pytest.raises(ValueError, match="is not a valid Why"):
            why(unknown)


def test_the_rest_is_as_it_was(names):
    error = names["Other"]("said", word="b", further=1)
    assert (str(error), error.word, error.more) == ("said", "b", {"further": 1})
    assert names["first"]([names["Thing"]("a")]).name == "a"
    assert names["PLACES"] == {"a": 1}
    assert (type(names["Mapped"]), names["Mapped"].__mro__[1]) == (names["Meta"], dict)
    assert names["Nothing"] == "ä"
    assert {"Word", "Say", "Made", "Reader"} <= names.keys(), "names that others may import"


def test_lines_stay_where_they_are(names):
    with pytest.raises(AttributeError) as raised:
        names["line"]()
    assert raised.traceback[-1].lineno == len(SOURCE.splitlines()) - 1


def test_nothing_is_left_of_types():
    names = executed(lean(SOURCE.encode()))
    assert not {"Any", "NamedTuple", "Protocol", "Callable", "TYPE_CHECKING"} & names.keys()
    assert names["Reader"].__mro__ == (names["Reader"], object)
    assert names["Thing"].__mro__ == (names["Thing"], LeanTuple, tuple, object)
    assert not names["first"].__annotations__
    assert not names["Other"].__init__.__annotations__


@pytest.mark.parametrize("python", INSTALLED)
def test_all_of_the_authorizer_can_be_imported_so_and_does_without_typing(tmp_path: Path, python: str):
    modules = []
    for path in (ROOT / "authorizer").rglob("*.py"):
        source = path.read_bytes()
        leaner = lean(source)
        assert leaner.count(b"\n") == source.count(b"\n")
        written = tmp_path / path.relative_to(ROOT.parent)
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_bytes(leaner)
        modules.append(".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__"))
    (tmp_path / "apigw_oauth" / "__init__.py").write_bytes((ROOT / "__init__.py").read_bytes())
    code = (
        f"import importlib, sys; sys.path.insert(0, {str(tmp_path)!r});"
        f"[importlib.import_module(one) for one in {modules!r}]; assert 'typing' not in sys.modules"
    )
    subprocess.run([interpreter_of(python) or "", "-I", "-S", "-W", "error", "-c", code], check=True)
