"""Onto which routes the IAM pattern of a route spills.

A policy names a route by its pattern, `pets/*` for `/pets/{id}`. IAM's `*` crosses slashes and matches the empty
string, so that the pattern reaches paths that API Gateway gives to other routes. Here is found, for each route of
one verb, which; not as routes but as what they require, one bit for each requirement, since routes that require
the same are open and closed together. See "Using wildcards in resource ARNs" in the IAM User Guide.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from apigw_oauth.authorizer.merged_nodes import ANY, MANY, Effort, Known, Merged, TooTangledError
from apigw_oauth.authorizer.path_tree import Node
from apigw_oauth.authorizer.route import ONE_SEGMENT, REST_OF_PATH, WHOLE_PATH

_MOST_BRANCHES = 8
_STEP = 4  # nodes that a step of a query costs, whatever it meets


class Spill(NamedTuple):
    """What the pattern of one template reaches, as bits; each tuple has one member for each `*` of the pattern."""

    beside: int
    """Routes that go before it, on paths that the template matches too: `/pets/mine` beside `/pets/{id}`."""
    beyond: tuple[int, ...]
    """Routes on paths where the `*` of a `{name}` takes two parts or more; 0 for `{name+}`."""
    without: tuple[int, ...]
    """Routes on paths where the `*` takes no part, since a doubled or trailing slash may vanish in routing."""
    root: int = 0
    """The route of the path `/`, if the pattern matches it."""

    @property
    def taken_from(self) -> int:
        """Routes that lose a path if the pattern is denied."""
        bits = self.beside | self.root
        for reached in self.beyond:
            bits |= reached
        return bits


class Spills:
    """The templates of one verb, each with the bit of its requirement."""

    def __init__(self, bits: Mapping[tuple[str, ...], int], effort: Effort) -> None:
        """Take the templates in. `effort` is what may be spent on all questions about them."""
        root: Node[int] = Node()
        self._rest_of_all = 0  # of `$default`
        for segments, bit in bits.items():
            if segments == (WHOLE_PATH,):
                self._rest_of_all = bit
            else:
                root.add(segments, bit)
        self._effort = effort
        self._root = Merged((root,), Known(effort))
        self._at_root = self._root.here or self._rest_of_all
        self._everything = 0
        for bit in bits.values():
            self._everything |= bit

    def of(self, segments: Sequence[str]) -> Spill:
        """Return what the pattern of a template reaches; for tables too tangled to find out, everything."""
        if list(segments) == [WHOLE_PATH]:
            return Spill(self._everything, (0,), (0,))
        stars = [index for index, segment in enumerate(segments) if segment in {ONE_SEGMENT, REST_OF_PATH}]
        if not stars:
            return Spill(0, (), ())
        try:
            return Spill(
                beside=self._beside(segments),
                beyond=tuple(self._beyond(segments, star) for star in stars),
                without=tuple(self._without(segments, star) for star in stars),
                root=self._at_root if len(segments) == 1 else 0,
            )
        except TooTangledError:
            everything = (self._everything,) * len(stars)
            return Spill(self._everything, everything, everything, self._everything)

    def reached_below(self, segments: Sequence[str]) -> int:
        """Return what the pattern `{segments}/*` reaches; for tables too tangled to find out, everything."""
        try:
            return self._reach([*_widened(segments), MANY]) | (0 if segments else self._at_root)
        except TooTangledError:
            return self._everything

    def _beside(self, segments: Sequence[str]) -> int:
        """Walk the template; wherever it has a variable and others have text, those go before it.

        HTTP APIs also put every template without `{name+}` before those with one, wherever the text is.
        """
        own: Merged | None = self._root
        beside, bits = list[Merged](), 0
        self._effort.spend(_STEP * len(segments))
        for segment in segments:
            if own is None:
                break
            reached, beside = _step(beside, MANY if segment == REST_OF_PATH else segment)
            bits |= reached
            if segment in {ONE_SEGMENT, REST_OF_PATH}:
                beside += filter(None, [own.literals()])
            if segment == REST_OF_PATH:
                beside += filter(None, [own.child(ONE_SEGMENT)])
            own = own.child(segment)
        if segments[-1] != REST_OF_PATH:
            return bits | _here(beside)
        for branch in beside:
            bits |= branch.below()
        return bits | self._reach(_widened(segments), rests=False)

    def _beyond(self, segments: Sequence[str], star: int) -> int:
        if segments[star] == REST_OF_PATH:
            return 0
        before, after = _widened(segments[:star]), _widened(segments[star + 1 :])
        return self._reach([*before, ONE_SEGMENT, MANY, *after])

    def _without(self, segments: Sequence[str], star: int) -> int:
        if len(segments) == 1:  # further slashes, if they stay, are a path of `$default`
            return self._at_root | self._rest_of_all
        before = _widened(segments[:star])  # if one of these were empty, that one would be asked about
        after = [ANY if segment in {ONE_SEGMENT, REST_OF_PATH} else segment for segment in segments[star + 1 :]]
        return self._reach([*before, *after], or_rest=not after)

    def _reach(self, tokens: Sequence[str], *, rests: bool = True, or_rest: bool = False) -> int:
        """Return the bits of all templates of which some path is made of these tokens.

        `rests`: those with `{name+}` too; `or_rest`: also where nothing is left for it to take.
        """
        at, bits = [self._root], self._rest_of_all
        left = sum(token != ANY for token in tokens)  # parts that a path must still have, at least
        for token in tokens:
            self._effort.spend(_STEP * len(at))
            at = [branch for branch in at if branch.height >= left]
            if not at:
                break
            reached, at = _step(at, token)
            bits |= reached
            left -= token != ANY
        for branch in at if or_rest else ():
            bits |= branch.rest
        return _here(at) | (bits if rests else 0)


def _widened(segments: Sequence[str]) -> list[str]:
    return [MANY if segment in {ONE_SEGMENT, REST_OF_PATH} else segment for segment in segments]


def _step(at: Sequence[Merged], token: str) -> tuple[int, list[Merged]]:
    """Go on by one token; return the bits of templates that take all the rest, and where the others are."""
    if len(at) > _MOST_BRANCHES:  # or templates with `a` and `{x}` at every level would double them each time
        at = [at[0].with_others(at[1:])]
    bits, following = 0, dict[int, Merged]()
    for branch in at:
        bits |= branch.rest
        for after in branch.after(token):
            following[id(after)] = after
            if token in {ANY, MANY}:
                bits |= after.rest
    return bits, list(following.values())


def _here(at: Iterable[Merged]) -> int:
    bits = 0
    for branch in at:
        bits |= branch.here
    return bits
