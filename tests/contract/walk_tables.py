"""Tables to walk through, generated and by name, and the requests of a walk."""

import random
from collections.abc import Iterator

from hypothesis import strategies as st

from apigw_oauth.gateway.http_api.api import DEFAULT
from tests.contract.rules import Table
from tests.contract.walk_setup import NOBODY, UNKNOWN, Visit, token_of
from tests.path_templates import path_template

SCOPES = st.frozensets(st.sampled_from("rwxy"), max_size=2)
REQUIREMENTS = st.one_of(st.just(()), st.just(NOBODY), st.lists(SCOPES, min_size=1, max_size=2).map(tuple))
SEGMENTS = st.lists(st.sampled_from(["a", "{x}", "v1.0"]), max_size=3)
TEMPLATES = st.builds(path_template, SEGMENTS, st.sampled_from([[], [], ["{p+}"]]))
VERBS = ["GET", "POST", "DELETE"]
KEYS = st.builds(
    lambda verb, template: f"{verb} {template}", st.sampled_from(["GET", "GET", "POST", "ANY"]), TEMPLATES
)


@st.composite
def tables(draw: st.DrawFn, api_type: str) -> Table:
    """Make a table that an API of this type can have: below one path, REST APIs take one variable."""
    table = draw(st.dictionaries(KEYS, REQUIREMENTS, min_size=2, max_size=6))
    if api_type == "http" and draw(st.booleans()):
        table[DEFAULT] = draw(REQUIREMENTS)
    if api_type == "http":
        return table
    below: dict[str, str] = {}
    return {key: any_of for key, any_of in table.items() if _takes_its_variables(key, below)}


def _takes_its_variables(key: str, below: dict[str, str]) -> bool:
    parts = key.partition(" ")[2].split("/")
    return all(
        below.setdefault("/".join(parts[:depth]), part) == part
        for depth, part in enumerate(parts)
        if part.startswith("{")
    )


@st.composite
def tokens(draw: st.DrawFn, table: Table) -> list[str]:
    """Make tokens with scopes of the table."""
    scopes = sorted({scope for any_of in table.values() for required in any_of for scope in required - NOBODY[0]})
    granted = st.frozensets(st.sampled_from([*scopes, "other"]))
    return [token_of(some) for some in draw(st.lists(granted, min_size=1, max_size=2, unique=True))]


def requests(table: Table) -> list[tuple[str, str]]:
    """Return plain requests: for each route some that it or a route beside it serves, and some for no route."""
    found = {("GET", "/z/z/z/z"): None, ("DELETE", "/"): None}
    for key in table:
        method, _, template = key.partition(" ")
        for path in _paths(template):
            for verb in VERBS if method in {"ANY", DEFAULT} else (method,):
                found[verb, path] = None
    return list(found)


def _paths(template: str) -> Iterator[str]:
    for one, rest in (("z:1", "z"), ("a", "a/z-1/_~@")):
        parts = template.split("/")
        filled = [rest if part.endswith("+}") else one if part.startswith("{") else part for part in parts]
        yield "/".join(filled) or f"/{rest}"


def rounds(table: Table, tokens: list[str], seed: int) -> Iterator[list[Visit]]:
    """Visit everything twice, in random order, now and then without a valid token; then begin anew with a part."""
    order = random.Random(seed)
    asked = requests(table)
    visits = [Visit(verb, path, token) for verb, path in asked for token in tokens]
    visits += [Visit(*order.choice(asked), token) for token in (None, UNKNOWN) for _ in range(3)]
    for walk in (visits, *(order.sample(visits, min(10, len(visits))) for _ in range(2))):
        yield order.sample(walk * 2, 2 * len(walk))


R, W = (frozenset("r"),), (frozenset("w"),)
EASY: dict[str, Table] = {
    "a route below is cut off": {"GET /a/{x}": R, "GET /a/{x}/b": W},
    "the rest below is cut off": {"GET /a/{x}": R, "GET /a/{x}/b/{p+}": W, "GET /b": (frozenset(),)},
    "the parent is cut off": {"GET /a": W, "GET /a/{x}": R},
    "the root is cut off": {"GET /": W, "GET /{x}": R},
    "ANY beside its verbs": {"ANY /a/{x}": R, "POST /a/{x}": W, "DELETE /a/{x}": ()},
    "one of two sets of scopes": {"GET /a/{x}": (frozenset("rw"), frozenset("x")), "POST /a/{x}": W, "GET /a": R},
    "a public and a closed route beside others": {"GET /a": (), "GET /a/{x}": R, "GET /b/{x}": NOBODY, "GET /b": W},
    "signs": {"GET /a:b/@me": R, "GET /a:b": W, "GET /a+b/{x}": W, "GET /axb/{x}": R},
}  # fmt: skip
HARD: dict[str, tuple[Table, list[str], list[str]]] = {
    "static beside {name}": ({"GET /a/{x}": R, "GET /a/b": W}, ["/a/c", "/a/b", "/a/d"], ["/a/%62", "/a/b/"]),
    "static in the middle": (
        {"GET /{x}/b": R, "GET /a/b": W}, ["/c/b", "/d/b", "/a/b"], ["/c%2Fa/b", "//a/b", "/%61/b"],
    ),
    "deeper, open and closed": (
        {"GET /a/{x}": R, "GET /a/{x}/b": R, "GET /a/{x}/c": W},
        ["/a/d", "/a/d/b", "/a/d/c"], ["/a/d%2Fc", "/a/d//c", "/a/*", "/a/*/c"],
    ),
    "everything below {name+}": (
        {"GET /{p+}": R, "GET /b/c": W}, ["/a", "/b/c", "/c/d"], ["/b/%63", "/b//c", "/b/*", "/*", "/b/c/"],
    ),
    "ANY below a verb": ({"GET /a/{x}": R, "ANY /a/b": W}, ["/a/c", "/a/d", "/a/b"], ["/a/%3F", "/a/*", "/a//b"]),
    "public among the closed": (
        {"GET /a/{x}": R, "GET /a/b": NOBODY, "GET /a/c": ()}, ["/a/d", "/a/e", "/a/b", "/a/c"], ["/a/%62", "/a/%3Fb"],
    ),
}  # fmt: skip
