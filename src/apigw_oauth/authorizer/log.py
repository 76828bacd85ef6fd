"""One JSON line a decision on standard output, where Lambda takes it to CloudWatch Logs; never a token.

Text that a caller chose comes into a line only as a JSON string: a line stays a line. See docs/operations.md.
"""

import contextlib
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from json.encoder import encode_basestring_ascii as _string
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

from apigw_oauth.authorizer import bearer_token
from apigw_oauth.authorizer.decision import Decision
from apigw_oauth.authorizer.errors import Failure, SettingsError, kind_of
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.route import CONNECT, VERBS, Route
from apigw_oauth.authorizer.routes import RouteTable

if TYPE_CHECKING:
    from apigw_oauth.authorizer.decision_hook import DecisionHook
    from apigw_oauth.authorizer.metrics import Metrics

Write = Callable[[str], object]
Level = Literal["debug", "info", "warning", "error"]

LEVEL_VARIABLE, LAMBDA_LEVEL_VARIABLE = "APIGW_OAUTH_LOG_LEVEL", "AWS_LAMBDA_LOG_LEVEL"
METRICS_VARIABLE = "APIGW_OAUTH_METRICS"

_RANKS: Mapping[Level, int] = {"debug": 0, "info": 1, "warning": 2, "error": 3}
_LAMBDA_LEVELS: Mapping[str, Level] = {
    "TRACE": "debug", "DEBUG": "debug", "WARN": "warning", "ERROR": "error", "FATAL": "error",
}  # fmt: skip
_NULL = "null"
_NAMES = ("effect", "reason", "route", "method")
_USUAL_FACTS = ("ms", "verifier", "cache", "request_id", "trace_id")
_METHODS = frozenset({*VERBS, CONNECT})
_MOST_BEGUN = 1000


def write_line(line: str) -> None:
    """Write to standard output at once: a frozen Lambda environment flushes nothing."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Log:
    """The lines of one Lambda environment: those that its level does not hide, and what is counted of all."""

    __slots__ = ("_begun", "_hook", "_is_plain", "_least", "_metrics", "_write")

    def __init__(
        self,
        write: Write = write_line,
        *,
        level: Level = "info",
        metrics: "Metrics | None" = None,
        hook: "DecisionHook | None" = None,
    ) -> None:
        """Set up. What hides a line hides neither its metrics nor, from the hook, its facts."""
        self._write = write
        self._least = _RANKS[level]
        self._metrics = metrics
        self._hook = hook
        self._is_plain = level == "info" and hook is None
        self._begun: dict[tuple[str, str, str | None, str | None], str] = {}

    @classmethod
    def from_environ(
        cls,
        write: Write,
        *,
        environ: Mapping[str, str],
        clock: Callable[[], float],
        hook: "DecisionHook | None" = None,
    ) -> "Log":
        """Set up as the environment's variables say, and say which of them says nothing that can be understood."""
        level = _level(environ)
        metrics = None
        wanted = environ.get(METRICS_VARIABLE)
        if wanted:
            from apigw_oauth.authorizer.metrics import Metrics  # what is not wanted is not loaded

            metrics = Metrics.from_environ(environ, namespace=wanted, clock=clock)
        lines = cls(write, level=level or "info", metrics=metrics, hook=hook)
        if level is None:
            lines.warning(f"{LEVEL_VARIABLE} is not one of {', '.join(_RANKS)}; it is taken for info")
        if wanted and metrics is None:
            lines.warning(
                f"{METRICS_VARIABLE} is not a namespace of CloudWatch, such as apigw-oauth; nothing is counted"
            )
        return lines

    def decision(
        self, decided: Decision, request: Request, *, facts: Mapping[str, Any], digest: bytes | None = None
    ) -> None:
        """Log an answer: `effect` is what API Gateway is told, `reason` why; `digest`: SHA-256 of the token."""
        # Each without a call of Python, where there is one route: 1.5 µs less for the four.
        effect, reason, routes, token = decided[:4]
        method = request.method
        client_id, subject = (None, None) if token is None else (token.client_id, token.subject)
        fingerprint = digest[:4].hex() if digest else bearer_token.fingerprint(request)
        # What somebody's own verifier gives for a reason may be any text, and has no value: that is a failure.
        code = str.__str__(reason) if type(reason) is Reason else reason.value
        keys = routes[0].key if len(routes) == 1 else _keys(routes)
        names = effect, code, keys, method if method in _METHODS else None
        if self._is_plain:
            self._write(self._text(names, client_id, subject, fingerprint, facts))
            return
        line = {
            "level": "info",
            **dict(zip(_NAMES, names, strict=True)),
            "client_id": client_id,
            "sub": subject,
            "token_sha256_8": fingerprint,
            **facts,
        }
        self._tell({**line, **decided.in_detail()} if self._least == 0 else line)
        self._tell_hook(line)

    def _text(
        self,
        names: tuple[str, str, str | None, str | None],
        client_id: str | None,
        subject: str | None,
        fingerprint: str | None,
        facts: Mapping[str, Any],
    ) -> str:
        """Print a decision as `json.dumps` would: in 2 µs instead of 8, since much of it was printed before."""
        begun = self._begun.get(names)
        if begun is None:
            if len(self._begun) >= _MOST_BEGUN:
                self._begun.clear()
            begun = json.dumps({"level": "info", **dict(zip(_NAMES, names, strict=True))})[:-1]
            self._begun[names] = begun
        told = _usually_told(facts) if (*facts,) == _USUAL_FACTS else None
        if told is None:
            told = json.dumps(facts)[1:-1]
            told = f", {told}" if told else ""
        if self._metrics:
            told += f", {self._metrics.members({'reason': names[1], **facts}, alone=False)}"
        client = _NULL if client_id is None else _string(client_id)
        sub = _NULL if subject is None else _string(subject)
        token = _NULL if fingerprint is None else f'"{fingerprint}"'  # hexadecimal digits
        return f'{begun}, "client_id": {client}, "sub": {sub}, "token_sha256_8": {token}{told}}}'

    def failure(
        self,
        reason: Reason,
        message: str,
        request: Request | None,
        *,
        kind: Failure,
        routes: RouteTable,
        facts: Mapping[str, Any],
    ) -> None:
        """Log that no answer could be given, hence a 500; the message is one of our own."""
        line = {
            "level": "error",
            "effect": None,
            "reason": reason.value,
            "failure": kind,
            "message": message,
            "route": _keys(routes.serving(request)) if request else None,
            "method": _method(request),
            "client_id": None,
            "sub": None,
            "token_sha256_8": bearer_token.fingerprint(request) if request else None,
            **facts,
        }
        self._tell(line)
        self._tell_hook(line)

    def circuit(self, *, verifier: str, opened_for: float | None, message: str) -> None:
        """Log that an authorization server is left alone for some seconds, or that it answers again (None)."""
        state, level = ("closed", "info") if opened_for is None else ("open", "warning")
        self._tell(
            {
                "level": level,
                "circuit": state,
                "verifier": verifier,
                "opened_for": opened_for,
                "message": message,
            }
        )

    def started(self, **facts: Any) -> None:
        """Log what a cold start has set up, and the milliseconds that it took (`init_ms`)."""
        self._tell({"level": "debug", "message": "cold start", **facts})

    def wrong_settings(self, error: SettingsError) -> None:
        """Log that the authorizer cannot start."""
        self._tell({"level": "error", "failure": kind_of(error), "message": str(error)})

    def warning(self, message: str) -> None:
        """Log something that the operator should know."""
        self._tell({"level": "warning", "message": message})

    def _tell(self, line: Mapping[str, Any]) -> None:
        hidden = _RANKS[line["level"]] < self._least
        counted = self._metrics.members(line, alone=hidden) if self._metrics else ""
        if not hidden:
            text = json.dumps(line)
            self._write(f"{text[:-1]}, {counted}}}" if counted else text)
        elif counted:
            self._write(f"{{{counted}}}")

    def _tell_hook(self, line: Mapping[str, Any]) -> None:
        trouble = self._hook.tell(line) if self._hook else None
        if trouble is not None:
            with contextlib.suppress(Exception):  # the answer is given, whatever became of the news about it
                self.warning(trouble)


def _usually_told(facts: Mapping[str, Any]) -> str | None:
    """Print the facts of nearly all decisions, as members that follow others; None if these are odd ones."""
    ms, *others = facts.values()
    if type(ms) is not float or not isfinite(ms):
        return None
    try:
        verifier, cache, request_id, trace_id = map(_string, others)
    except TypeError:  # no string
        return None
    return (
        f', "ms": {ms!r}, "verifier": {verifier}, "cache": {cache}, "request_id": {request_id},'
        f' "trace_id": {trace_id}'
    )


def _method(request: Request | None) -> str | None:
    """Return the method, if it is one: the event could hold anything there."""
    return request.method if request and request.method in _METHODS else None


def _keys(routes: Iterable[Route]) -> str | None:
    return ", ".join([route.key for route in routes]) or None


def _level(environ: Mapping[str, str]) -> Level | None:
    """Return the least level that is told; None for a word that is none.

    Where ours is not set, Lambda's own is heeded, which its JSON log format has. See "Log-level filtering" in the
    Lambda Developer Guide.
    """
    word = environ.get(LEVEL_VARIABLE)
    if word:
        return next((level for level in _RANKS if level == word.strip().lower()), None)
    return _LAMBDA_LEVELS.get(environ.get(LAMBDA_LEVEL_VARIABLE, ""), "info")
