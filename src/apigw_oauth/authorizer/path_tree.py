"""PathTree: which path template serves a path, in a time that grows with the depth of the path alone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from apigw_oauth.authorizer.route import ONE_SEGMENT, REST_OF_PATH

Value = TypeVar("Value")
Found = TypeVar("Found")

ENDLESS = 1 << 30

_LARGEST = 200_000  # nodes and moves in the states that are kept


class Node(Generic[Value]):
    """The templates that begin alike. Children are named by their segment; `{}` and `{+}` are no literal parts."""

    __slots__ = ("children", "height", "value")

    def __init__(self) -> None:
        self.children: dict[str, Node[Value]] = {}
        self.value: Value | None = None
        self.height = 0
        """How many parts may follow; nearly endless where a template takes all the rest."""

    def add(self, segments: Sequence[str], value: Value) -> None:
        """Give a template its value."""
        node, left = self, len(segments)
        endless = left and segments[-1] == REST_OF_PATH
        for segment in segments:
            node.height = max(node.height, ENDLESS if endless else left)
            node = node.children.setdefault(segment, Node())
            left -= 1
        node.value = value


class PathTree(Generic[Value]):
    """Templates and their values.

    A path is matched part by part, in all templates at once: a state is the list of templates that go on, the most
    specific first. States are made when they are first needed, and kept, so that templates that begin alike cost
    no time (`a` and `{x}` at each of 12 levels would otherwise be 4,096 ways to try).
    """

    def __init__(self, values: Mapping[tuple[str, ...], Value]) -> None:
        root: Node[Value] = Node()
        for segments, value in values.items():
            root.add(segments, value)
        self._root = root
        self._start = _State(((root, False),))
        self._size = self._start.size

    def find(self, parts: Iterable[str], choose: Callable[[Value], Found | None]) -> Found | None:
        """Return what `choose` makes of the most specific template that it does not refuse, or None.

        Static text comes before `{name}`, and that before `{name+}`, at the leftmost difference. Neither matches
        an empty part, but `{name+}` goes on over empty ones.
        """
        if self._size > _LARGEST:
            self._start = _State(((self._root, False),))
            self._size = self._start.size
        state = self._start
        for part in parts:
            following = state.after(part)
            if following is None:
                following = state.advance(part)
                self._size += following.size
            state = following
        for node in state.nodes:
            if node.value is not None and (found := choose(node.value)) is not None:
                return found
        return None


class _State(Generic[Value]):
    """The nodes that the parts so far lead to, the most specific first; True beside one that takes the rest."""

    __slots__ = ("_moves", "_nodes", "_takes_all", "nodes", "size")

    def __init__(self, nodes: tuple[tuple[Node[Value], bool], ...]) -> None:
        self._nodes = nodes
        self.nodes = tuple(node for node, _ in nodes)
        self._takes_all = all(takes_all for _, takes_all in nodes)  # so that whatever follows changes nothing
        literals = (part for node, takes_all in nodes if not takes_all for part in node.children)
        # Also the move of an empty part, and of one that is no literal of any template: `{`.
        self._moves: dict[str, _State[Value] | None] = dict.fromkeys(
            (*(part for part in literals if part[0] != "{"), "", "{")
        )
        self.size = len(self._nodes) + len(self._moves)

    def after(self, part: str) -> "_State[Value] | None":
        return self if self._takes_all else self._moves[part if part in self._moves else "{"]

    def advance(self, part: str) -> "_State[Value]":
        known = part if part in self._moves else "{"
        following = _State(tuple(self._following(known)))
        self._moves[known] = following
        return following

    def _following(self, part: str) -> Iterable[tuple[Node[Value], bool]]:
        for node, takes_all in self._nodes:
            if takes_all:
                yield node, True
                continue
            for name, rest in ((part, False), (ONE_SEGMENT, False), (REST_OF_PATH, True)) if part else ():
                child = node.children.get(name)
                if child is not None:
                    yield child, rest
