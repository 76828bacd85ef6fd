"""Merged: some nodes of a path tree, walked as if they were one."""

from collections.abc import Iterable, Sequence

from apigw_oauth.authorizer.path_tree import Node
from apigw_oauth.authorizer.route import ONE_SEGMENT, REST_OF_PATH

# Steps beside a literal part and ONE_SEGMENT. Parts are never empty.
MANY = "{one part or more}"
ANY = "{any number of parts}"

Nodes = tuple[Node[int], ...]


class TooTangledError(Exception):
    """To find out would take too long, and too much memory."""


class Effort:
    """What may be spent on merging, in nodes that are looked at; some millions take a second."""

    __slots__ = ("_all", "_left")

    def __init__(self, nodes: int) -> None:
        self._all = self._left = nodes

    def spend(self, nodes: int) -> None:
        """Take note of work. Raises TooTangledError when it is too much."""
        self._left -= nodes
        if self._left < 0:
            raise TooTangledError

    def renew(self) -> None:
        """Begin anew: what was asked before must not count against what is asked now."""
        self._left = self._all


class Known:
    """What has been merged of one tree, so that it is merged once; the values of the tree are sets of bits."""

    __slots__ = ("_merged", "effort")

    def __init__(self, effort: Effort) -> None:
        self._merged: dict[frozenset[Node[int]], Merged] = {}
        self.effort = effort

    def merge(self, nodes: Nodes) -> "Merged":
        """Return the nodes as one."""
        key = frozenset(nodes)
        merged = self._merged.get(key)
        if merged is None:
            self.effort.spend(len(nodes))
            merged = self._merged[key] = Merged(nodes, self)
        return merged


class Merged:
    """Some nodes as one; what is made of them is kept, also for others that lead to the same nodes.

    Merging is what keeps 10,000 templates under a second: a `*` leads to all children at once, and from there one
    look leads to all that have a certain part, however many there are.
    """

    __slots__ = (
        "_below",
        "_children",
        "_deeper",
        "_joined",
        "_known",
        "_literals",
        "height",
        "here",
        "nodes",
        "rest",
    )

    def __init__(self, nodes: Nodes, known: Known) -> None:
        self.nodes = nodes
        self._known = known
        # None, or nodes, until they are asked for: hashing long tuples again and again would cost most.
        self._children: dict[str, Nodes | Merged] | None = None
        self._literals: Merged | tuple[()] | None = None
        self._deeper: Merged | tuple[()] | None = None
        self._joined: dict[tuple[int, ...], Merged] = {}
        self._below = -1
        self.height = max(node.height for node in nodes)
        """How many parts may follow."""
        self.here = 0
        """The bits of templates that end here."""
        self.rest = 0
        """The bits of templates that take all the rest from here."""
        for node in nodes:
            self.here |= node.value or 0
            rest = node.children.get(REST_OF_PATH)
            if rest is not None:
                self.rest |= rest.value or 0

    def after(self, token: str) -> "list[Merged]":
        """Return where a token leads to, apart from templates that take all the rest."""
        if token == MANY:
            branches = [self._all_deeper()]
        elif token == ANY:
            deeper = self._all_deeper()
            branches = [self.with_others([deeper]) if deeper else self]
        elif token == ONE_SEGMENT:
            branches = [self.literals(), self.child(ONE_SEGMENT)]
        else:
            branches = [self.child(token), self.child(ONE_SEGMENT)]
        return [branch for branch in branches if branch is not None]

    def child(self, name: str) -> "Merged | None":
        """Return the children of one name."""
        if self._children is None:
            gathered: dict[str, list[Node[int]]] = {}
            self._known.effort.spend(sum(len(node.children) for node in self.nodes))
            for node in self.nodes:
                for part, child in node.children.items():
                    gathered.setdefault(part, []).append(child)
            self._children = {part: tuple(nodes) for part, nodes in gathered.items()}
        found = self._children.get(name)
        if isinstance(found, tuple):
            found = self._children[name] = self._merged(found)
        return found or None

    def literals(self) -> "Merged | None":
        """Return all children that are text."""
        if self._literals is None:
            children = (item for node in self.nodes for item in node.children.items())
            self._literals = self._merged(tuple(child for part, child in children if part[0] != "{"))
        return self._literals or None

    def with_others(self, others: "Sequence[Merged]") -> "Merged":
        """Return this and others as one."""
        parts = tuple(map(id, others))
        if parts not in self._joined:
            self._known.effort.spend(sum(len(one.nodes) for one in (self, *others)))
            nodes = dict.fromkeys(node for one in (self, *others) for node in one.nodes)
            self._joined[parts] = self._known.merge(tuple(nodes))
        return self._joined[parts]

    def below(self) -> int:
        """Return the bits of all templates that go on from here."""
        if self._below < 0:
            deeper = self._all_deeper()
            self._below = self.rest | (deeper.here | deeper.rest if deeper else 0)
        return self._below

    def _all_deeper(self) -> "Merged | None":
        if self._deeper is None:
            found = dict.fromkeys(_children(self.nodes))
            level: Iterable[Node[int]] = tuple(found)
            while level:
                level = [node for node in _children(level) if node not in found]
                found.update(dict.fromkeys(level))
                self._known.effort.spend(len(level))
            self._deeper = self._merged(tuple(found))
        return self._deeper or None

    def _merged(self, nodes: Nodes) -> "Merged | tuple[()]":
        return self._known.merge(nodes) if nodes else ()


def _children(nodes: Iterable[Node[int]]) -> Iterable[Node[int]]:
    return (child for node in nodes for part, child in node.children.items() if part != REST_OF_PATH)
