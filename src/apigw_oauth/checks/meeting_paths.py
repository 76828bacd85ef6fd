"""Paths on which the policy pattern of one route meets the template of another: examples for findings."""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from apigw_oauth.authorizer.route import ONE_SEGMENT, REST_OF_PATH, WHOLE_PATH

_MORE = "{any number of segments more}"
_FILL = "x"


class Meeting(NamedTuple):
    """A path that a template takes, and what each segment of a pattern takes of it."""

    shares: tuple[tuple[int, str], ...]
    """Position in the pattern, and segment of the path."""

    @property
    def path(self) -> str:
        """The path, without its first slash."""
        return "/".join(segment for _, segment in self.shares)

    @property
    def hidden(self) -> str:
        """The path with encoded slashes where one segment of the pattern takes several of the path."""
        path, before = "", None
        for position, segment in self.shares:
            slash = "" if before is None else "%2F" if position == before else "/"
            path, before = f"{path}{slash}{segment}", position
        return path


def meet(pattern: Sequence[str], template: Sequence[str], *, wide: bool = False) -> Meeting | None:
    """Find a path of the template that the pattern matches, the shortest one; IAM's `*` crosses slashes.

    Both are segments as `Route.segments` has them. `wide`: some `*` must take two segments or more.
    """
    if differ(pattern, template):
        return None
    if not template and len(pattern) == 1 and not wide:  # "*" matches nothing at all, too
        return Meeting(()) if pattern[0].startswith("{") else None
    ours = _taken(pattern, crossing=frozenset({ONE_SEGMENT, REST_OF_PATH, WHOLE_PATH}))
    theirs = [token for _, token in _taken(template, crossing=frozenset({REST_OF_PATH, WHOLE_PATH}))]
    seen = {(0, 0, not wide)}
    waiting = deque([(0, 0, not wide, Meeting(()))])
    while waiting:
        i, j, is_wide, so_far = waiting.popleft()
        if i == len(ours) and j == len(theirs):
            if is_wide:
                return so_far
            continue
        for state in _following(ours, theirs, (i, j, is_wide, so_far)):
            if state[:3] not in seen:
                seen.add(state[:3])
                waiting.append(state)
    return None


def differ(pattern: Sequence[str], template: Sequence[str]) -> bool:
    """Say whether the two have different text before their first variable: most pairs do."""
    for one, other in zip(pattern, template, strict=False):
        if one[0] == "{" or other[0] == "{":
            return False
        if one != other:
            return True
    return False


_State = tuple[int, int, bool, Meeting]


def _following(ours: Sequence[tuple[int, str]], theirs: Sequence[str], state: _State) -> list[_State]:
    i, j, is_wide, so_far = state
    position, one = ours[i] if i < len(ours) else (-1, "")
    other = theirs[j] if j < len(theirs) else ""
    following = [(i + 1, j, is_wide, so_far)] * (one == _MORE) + [(i, j + 1, is_wide, so_far)] * (other == _MORE)
    if one and other and (one == other or _is_wild(one) or _is_wild(other)):
        segment = next((token for token in (one, other) if not _is_wild(token)), _FILL)
        following.append(
            (
                i + (one != _MORE),
                j + (other != _MORE),
                is_wide or one == _MORE,
                Meeting((*so_far.shares, (position, segment))),
            )
        )
    return following


def _taken(segments: Sequence[str], *, crossing: frozenset[str]) -> list[tuple[int, str]]:
    """Take apart what crosses slashes: one segment, and any number more."""
    tokens = []
    for position, segment in enumerate(segments):
        if segment != WHOLE_PATH:
            tokens.append((position, ONE_SEGMENT if segment == REST_OF_PATH else segment))
        if segment in crossing:
            tokens.append((position, _MORE))
    return tokens


def _is_wild(token: str) -> bool:
    return token in {ONE_SEGMENT, _MORE}
