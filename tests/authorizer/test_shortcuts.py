"""Each short way of the decision path leads where the long one does, which is written down here once more."""

import base64
import hashlib
import json
import math
import os
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authorizer import bearer_token, trace
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.decision import Decision
from apigw_oauth.authorizer.errors import AnswerTooLargeError, BearerTokenError, UnknownEventError
from apigw_oauth.authorizer.events import members
from apigw_oauth.authorizer.iam_policy import MAX_ANSWER_LENGTH, PolicyWriter
from apigw_oauth.authorizer.log import Log
from apigw_oauth.authorizer.method_arn import MethodArn
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.route import Route
from apigw_oauth.authorizer.routes import RouteTable
from apigw_oauth.authorizer.simple_response import SimpleResponseWriter
from apigw_oauth.authorizer.trace import CurrentTrace, Trace
from apigw_oauth.authorizer.verifiers import base64url, jws, strict_json
from tests.authorizer.conftest import STAGE, make_request

NAMES = ["Authorization", "authorization", "AUTHORIZATION", "DPoP", "dpop", "Host", "a\nb", "K", "\u212a", ""]
VALUES = st.sampled_from(["Bearer a", "Bearer b", "", "x\ny", "x", "y"])
ODD: st.SearchStrategy[Any] = st.sampled_from([None, 1, "x", [], ["x"], ["x", 1], {}, [["x"]]])


def outcome(of: Callable[..., Any], *arguments: Any, refused: type[Exception] = ValueError, **named: Any) -> Any:
    try:
        return of(*arguments, **named)
    except refused:
        return "refused"


def all_headers(event: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    gathered: dict[str, list[str]] = {}
    for name, values in event["multiValueHeaders"].items():
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise UnknownEventError("x")
        gathered.setdefault(name.lower(), []).extend(values)
    for name, value in event["headers"].items():
        if not isinstance(value, str):
            raise UnknownEventError("x")
        known = gathered.setdefault(name.lower(), [])
        known += [] if value in known else [value]
    return {name: tuple(values) for name, values in gathered.items()}


@pytest.mark.rule("R1", "R3")
@given(
    single=st.dictionaries(st.sampled_from(NAMES), VALUES | ODD),
    changes=st.dictionaries(st.sampled_from(NAMES), st.lists(VALUES, max_size=2) | ODD, max_size=2),
    alike=st.booleans(),
)
def test_headers_are_those_of_a_walk_through_all_of_them(single, changes, alike):
    event = {
        "headers": single,
        "multiValueHeaders": {**({n: [v] for n, v in single.items()} if alike else {}), **changes},
    }
    expected = outcome(all_headers, event, refused=UnknownEventError)
    found = outcome(members.headers, event, refused=UnknownEventError)
    assert found == expected
    if expected != "refused":
        again = members.headers(event)
        for name in [*NAMES, *(name.lower() for name in NAMES), "authorization\nhost"]:
            assert again.get(name) == expected.get(name)
            assert (name in again) == (name in expected)
        assert (len(again), list(again)) == (len(expected), list(expected))


@pytest.mark.rule("R1", "R3")
@pytest.mark.parametrize(
    ("several", "single"),
    [
        ({"a": [], "b": ["x", "y"]}, {"a": "x", "b": "y"}),
        ({"a": ["x", "y"], "b": []}, {"a": "x", "b": "y"}),
        ({"a": ["x", "y"], "b": ["z"]}, {"a": "x\ny", "b": "z"}),
        ({"a": ["x"], "b": ["y\nz"]}, {"a": "x\ny", "b": "z"}),
        ({"a": "x", "b": ["y"]}, {"a": "x", "b": "y"}),
        ({"a": {"x": 1}, "b": ["y"]}, {"a": "x", "b": "y"}),
        ({"b": ["x"], "a": ["y"]}, {"a": "x", "b": "y"}),
        ({"a": ["x"]}, {"a": "x", "b": "y"}),
        ({"a": ["x"], "b": ["y"]}, {"a": "x"}),
        ({"a": ["x"], "A": ["y"]}, {"a": "x", "A": "y"}),
        ({"a\nb": ["x"]}, {"a\nb": "x"}),
        ({}, {"a\nb": "x", "b": "y"}),
        ({}, {"a": "x", "A": "y", "b": "z"}),
        ({}, {"\u212a": "x", "k": "y"}),
        ({}, {"a": "x", "b": None}),
        ({}, {"": "x", "b": "y"}),
    ],
    ids=range(16),
)
def test_headers_that_are_joined_alike_are_told_apart(several, single):
    event = {"multiValueHeaders": several, "headers": single}
    expected = outcome(all_headers, event, refused=UnknownEventError)
    found = outcome(members.headers, event, refused=UnknownEventError)
    assert (found == "refused") == (expected == "refused")
    if expected != "refused":
        for name in ("a", "A", "b", "B", "k", "", "a\nb"):
            assert found.get(name) == expected.get(name)
        assert found == expected


@given(
    st.sampled_from(
        [f"{STAGE}/GET/a", f"{STAGE}/GET/", f"{STAGE}/GET", f"{STAGE}/get/a", f"{STAGE}/$connect", f"{STAGE}/$connect/",
         f"{STAGE}/GET/a/b:c", f"{STAGE}/", "arn:aws:execute-api:a:b:c/d/GET/e", "arn:aws:execute-api:a:b:c/*/GET/e",
         "arn:aws:execute-api:a/b:c:d/GET/e", "x:aws:execute-api:a:b:c/d/GET/e"]
    )
)  # fmt: skip
def test_a_name_of_a_request_is_read_the_same_whether_its_stage_is_known(text):
    plain = outcome(MethodArn._parse, text, refused=UnknownEventError)
    assert [outcome(MethodArn.parse, text, refused=UnknownEventError) for _ in range(2)] == [plain] * 2


CREDENTIALS = st.from_regex(
    r"\A(Bearer|bearer|Basic)?[ \t]{0,3}[A-Za-z0-9._~+/,é=-]{0,6}={0,2}[ \t\n]?\Z"
) | st.from_regex(r"\ABearer [a-c =]{0,4}\Z")


@pytest.mark.rule("R4")
@given(CREDENTIALS | st.text(max_size=12))
def test_a_token_is_taken_out_as_an_expression_would_take_it(value):
    found = re.fullmatch(r"bearer +([A-Za-z0-9\-._~+/]+=*)", value.strip(" \t"), re.IGNORECASE | re.ASCII)
    request = make_request(authorization=value)
    expected = ("Bearer", found[1]) if found else "refused"
    assert outcome(bearer_token.from_request, request, dpop=False, refused=BearerTokenError) == expected


@given(CREDENTIALS | st.from_regex(r"\A\s?(bearer|DPoP|Bearer) {0,2}\S{0,5}\s?\S?\Z"))
def test_a_fingerprint_is_of_what_an_expression_would_find(value):
    found = re.fullmatch(r"\s*(?:bearer|dpop) +(\S+)\s*", value, re.IGNORECASE)
    octets = found[1].encode("utf-8", "surrogatepass") if found else b""
    expected = hashlib.sha256(octets).hexdigest()[:8] if found else None
    assert bearer_token.fingerprint(make_request(authorization=value)) == expected


def decoded(text: str) -> bytes:
    if re.fullmatch("[A-Za-z0-9_-]*", text) is None or len(text) % 4 == 1:
        raise ValueError("x")
    octets = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(octets).rstrip(b"=").decode() != text:
        raise ValueError("x")
    return octets


@pytest.mark.rule("R11")
@given(st.text("ABPQgwxyz0159-_+/=.é\n", max_size=9))
def test_base64url_is_decoded_as_if_it_were_encoded_again(text):
    assert outcome(base64url.decode, text) == outcome(decoded, text)


@pytest.mark.rule("R9")
@given(st.text("Ab0_-.=+/!é \n", max_size=12))
def test_three_parts_are_those_of_an_expression(text):
    found = re.fullmatch(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)", text)
    expected: Any = [part.encode() for part in found.groups()] if found else "refused"
    assert outcome(jws.split, text) == expected
    if found is None:
        assert outcome(jws.segments, text) == "refused"
        return
    signed, *letters = jws.segments(text)
    assert signed == b".".join(expected[:2])
    assert letters == [part.translate(bytes.maketrans(b"-_", b"+/")) for part in expected]
    assert outcome(jws.split, f"{'a' * 8190}.b.c") == outcome(jws.segments, f"{'a' * 8190}.b.c") == "refused"


def plainly_loaded(octets: bytes) -> dict[str, Any]:
    def members_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("x")
        return dict(pairs)

    def levels(value: Any) -> int:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
        return 0 if inner is None else 1 + max(map(levels, inner), default=0)

    value = json.loads(octets.decode("utf-8"), object_pairs_hook=members_of)
    json.dumps(value, ensure_ascii=False).encode()
    texts = [value] if not isinstance(value, dict) else list(value.values())
    numbers = [one for one in texts if isinstance(one, float | int)]
    if not isinstance(value, dict) or levels(value) > 3 or any(abs(one) >= 10**99 for one in numbers):
        raise ValueError("x")
    if not all(math.isfinite(one) for one in numbers):
        raise ValueError("x")
    return value


PIECES = [
    "{",
    "}",
    "[",
    "]",
    '"a"',
    '"b"',
    ":",
    ",",
    "1",
    "-2.5",
    "1e999",
    "NaN",
    "true",
    " ",
    "\n",
    '"{[["',
    '"\\ud800"',
    "\ufeff",
]
SCALARS = [
    '"a"',
    '""',
    '"x:"',
    '"{"',
    '"\\""',
    "1",
    "-2.5",
    "1e999",
    "NaN",
    "true",
    "null",
    "9" * 101,
    "[]",
    "{}",
    "é",
    '"é"',
]
FLAT = st.lists(st.tuples(st.sampled_from(['"a"', '"b"', '"c"']), st.sampled_from(SCALARS)), max_size=3).map(
    lambda members: f"{{{','.join(f'{name}:{value}' for name, value in members)}}}"
)
TEXTS = FLAT | st.lists(st.sampled_from(PIECES), max_size=8).map("".join) | st.builds(
    lambda before, value, after: before + json.dumps(value) + after,
    st.sampled_from(["", " ", "\t"]),
    st.recursive(st.integers() | st.text("{[a", max_size=3), lambda inner: st.dictionaries(st.text("ab", max_size=1), inner, max_size=2) | st.lists(inner, max_size=2)),
    st.sampled_from(["", "\r\n", "x"]),
)  # fmt: skip


@pytest.mark.rule("R10", "R12")
@given(TEXTS)
def test_json_is_read_as_it_would_be_without_a_shorter_way(text):
    octets = text.encode()
    assert outcome(strict_json.loads_object, octets, max_depth=3) == outcome(plainly_loaded, octets)


TEXT = (
    st.text(max_size=60)
    | st.integers(0, 1500).map(lambda times: "x" * times)
    | st.integers(0, 900).map(lambda times: "\U0001f511\x00" * times)
)


@given(subject=TEXT, told=TEXT, cache=st.sampled_from(["route", "token"]), simple=st.booleans())
def test_an_answer_is_too_large_if_its_text_is_and_not_before(subject, told, cache, simple):
    table = RouteTable([Route.parse("GET /pets/{id}", any_of=[["read"]])])
    request, claims = make_request(), ["sub", "told"]
    token = AccessToken(
        subject=subject, client_id="c", scopes=frozenset({"read"}), claims={"told": told}, expires_at=9
    )
    decided = Decision.allow(Reason.AUTHORIZED, table.serving(request), token)
    writer = (
        SimpleResponseWriter(claims=claims) if simple else PolicyWriter(routes=table, cache=cache, claims=claims)
    )
    short = Decision.allow(Reason.AUTHORIZED, decided.routes, token._replace(subject="s", claims={"told": "t"}))
    whole = writer.answer(short, request)
    whole["context"] |= {"sub": subject, "told": told}
    whole |= {} if simple else {"principalId": token.principal_id}
    expected = whole if len(json.dumps(whole)) <= MAX_ANSWER_LENGTH else "refused"
    assert outcome(writer.answer, decided, request, refused=AnswerTooLargeError) == expected


NAMES_OF_FACTS = ["ms", "verifier", "cache", "request_id", "trace_id"]
FACT: st.SearchStrategy[Any] = st.none() | st.text(max_size=9) | st.floats() | st.integers()


@given(
    client=st.none() | st.text(max_size=9),
    subject=st.none() | st.text(max_size=9),
    facts=st.dictionaries(st.sampled_from(NAMES_OF_FACTS), FACT)
    | st.lists(FACT, min_size=5, max_size=5).map(lambda some: dict(zip(NAMES_OF_FACTS, some, strict=True)))
    | st.builds(lambda ms, texts: dict(zip(NAMES_OF_FACTS, [ms, *texts], strict=True)), st.floats(), st.lists(st.text(max_size=9), min_size=4, max_size=4)),
)  # fmt: skip
def test_a_line_of_the_log_is_the_json_of_its_members(client, subject, facts):
    lines: list[str] = []
    request = make_request(path="/pets/7")
    table = RouteTable([Route.parse("GET /pets/{id}")])
    decided = Decision.allow(
        Reason.AUTHORIZED, table.serving(request), AccessToken(subject=subject, client_id=client)
    )
    log = Log(lines.append)
    for digest in (None, hashlib.sha256(b"good").digest()):
        log.decision(decided, request, facts=facts, digest=digest)
    expected = {
        "level": "info", "effect": "Allow", "reason": "authorized", "route": "GET /pets/{id}", "method": "GET",
        "client_id": client, "sub": subject, "token_sha256_8": hashlib.sha256(b"good").hexdigest()[:8], **facts,
    }  # fmt: skip
    assert lines == [json.dumps(expected)] * 2


def plain_trace(header: str) -> Trace | None:
    found = dict(part.strip().partition("=")[::2] for part in header.split(";"))
    root = re.fullmatch(r"1-([0-9a-f]{8})-([0-9a-f]{24})", found.get("Root", ""))
    if root is None or not (root[1] + root[2]).strip("0"):
        return None
    parent = found.get("Parent", "")
    if re.fullmatch("[0-9a-f]{16}", parent) is None or not parent.strip("0"):
        return Trace(root[0], None)
    return Trace(root[0], f"00-{root[1]}{root[2]}-{parent}-{'01' if found.get('Sampled') == '1' else '00'}")


@given(
    root=st.sampled_from(["1-5759e988-bd862e3fe1be46a994272793", "1-00000000-" + "0" * 24, "1-x", "1-5759e988", "1-5759e988-bd862e3fe1be46a99427279g", "2-5759e988-bd862e3fe1be46a994272793", "1-5759E988-bd862e3fe1be46a994272793", "e-5759e988-bd862e3fe1be46a994272793", "1-5759e988abd862e3fe1be46a994272793"]),
    parent=st.sampled_from(["53995c3f42cd8ad8", "0" * 16, "53995C3F42CD8AD8", ""]),
    rest=st.sampled_from([";Sampled=1", ";Sampled=0", ";Sampled=?", "", ";Sampled=1;Lineage=a:1|b:0", ";Sampled=1;Lineage=a:1", ";Sampled=1;Sampled=0", ";Sampled=1;Root=1-x", ";Sampled=1\n"]),
)  # fmt: skip
def test_the_usual_header_of_a_trace_is_read_as_any_other(root, parent, rest):
    header = f"Root={root};Parent={parent}{rest}"
    expected = plain_trace(header)
    assert Trace.parse(header) == expected
    before = os.environ.get(trace.VARIABLE)
    os.environ[trace.VARIABLE] = header
    try:
        assert CurrentTrace(os.environ).trace_id == (expected and expected.trace_id)
    finally:
        del os.environ[trace.VARIABLE]
        os.environ |= {} if before is None else {trace.VARIABLE: before}
