"""The entry point in Lambda: wire once per cold start, fail closed, log one line.

`handler` is made when it is first looked up, which is when Lambda initializes: settings that are wrong show at
cold start, and importing `make_handler` needs no settings.
"""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from apigw_oauth import __version__
from apigw_oauth.authorizer import events, log, references, settings, verifiers
from apigw_oauth.authorizer.authorizer import Authorizer
from apigw_oauth.authorizer.errors import (
    AuthorizerError,
    Failure,
    SettingsError,
    UnauthorizedError,
    kind_of,
    place_of,
)
from apigw_oauth.authorizer.iam_policy import PolicyWriter
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.simple_response import SimpleResponseWriter
from apigw_oauth.authorizer.trace import CurrentTrace
from apigw_oauth.authorizer.verifier import Surroundings, TokenVerifier
from apigw_oauth.authorizer.verifiers.notes import Notes
from apigw_oauth.authorizer.verifiers.server_address import is_plain_http

if TYPE_CHECKING:
    from apigw_oauth.authorizer.decision_hook import DecisionHook
    from apigw_oauth.authorizer.rotation import Secrets
    from apigw_oauth.authorizer.sender_constraint import SenderConstraint

Handler = Callable[[dict[str, Any], object], dict[str, Any]]

SETTINGS_VARIABLE = "APIGW_OAUTH_SETTINGS"
SETTINGS_FILE = "authorizer.json"
RUNTIME_VARIABLE = "AWS_LAMBDA_RUNTIME_API"


class AuthorizerFailedError(Exception):
    """No answer can be given; API Gateway turns it into a 500. Its message is the reason, as in the log."""


def make_handler(
    content: Mapping[str, Any] | str | os.PathLike[str],
    *,
    environ: Mapping[str, str] = os.environ,
    clock: Callable[[], float] = time.time,
    directory: str | None = None,
    write: log.Write = log.write_line,
    secrets: "Secrets | None" = None,
    prepare: bool = False,
) -> Handler:
    """Make a Lambda handler from the content of authorizer.json, or from its path. Raises SettingsError.

    `clock` gives seconds since the epoch. `file:` references begin in `directory`, and modules of somebody's own
    are found there: where the file is, or the current directory. `write` takes the lines of the log. `prepare`:
    open connections and fetch keys now. The handler is one Lambda environment: no two threads may call it at once.
    """
    started = time.perf_counter()
    if isinstance(content, str | os.PathLike):
        directory = directory or os.path.dirname(os.path.abspath(content))
        content = settings.read_file(os.fspath(content))
    directory = directory or os.getcwd()
    loaded = settings.load(content, environ=environ, directory=directory)
    hook = _hook(loaded.on_decision, directory)
    lines = log.Log.from_environ(write, environ=environ, clock=clock, hook=hook)
    for table in loaded.verifiers:
        for key, value in table.items():
            if is_plain_http(value):
                lines.warning(f"{table.get('type')}.{key} is http:// on this machine: for development only")
    surroundings = Surroundings(
        clock=clock, public_base_urls=loaded.public_base_urls, tls=cache(Surroundings().tls)
    )
    made = _Environment(
        loaded, surroundings, environ=environ, directory=directory, lines=lines, secrets=secrets, prepare=prepare
    )
    lines.started(
        version=__version__, python=sys.version.partition(" ")[0], event=loaded.event, cache=loaded.cache,
        routes=len(list(loaded.routes)), verifiers=[table.get("type") for table in loaded.verifiers],
        modules=len(sys.modules), init_ms=round((time.perf_counter() - started) * 1000, 1),
    )  # fmt: skip
    return made.handle


class _Environment:
    """One Lambda execution environment."""

    def __init__(
        self,
        loaded: settings.Settings,
        surroundings: Surroundings,
        *,
        environ: Mapping[str, str],
        directory: str,
        lines: log.Log,
        secrets: "Secrets | None" = None,
        prepare: bool = False,
    ) -> None:
        self._event = loaded.event
        self._routes = loaded.routes
        expected = events.named(loaded.event)
        self._raises_401 = expected.says_401 and loaded.refusals == "static-401"
        self._writer = (
            SimpleResponseWriter(claims=loaded.context, resource_metadata=loaded.resource_metadata)
            if expected.simple_response
            else PolicyWriter(
                routes=loaded.routes,
                cache=loaded.cache,
                claims=loaded.context,
                resource_metadata=loaded.resource_metadata,
            )
        )
        self._trace = CurrentTrace(environ)
        surroundings = surroundings._replace(trace=self._trace.traceparent)
        self._notes = Notes()
        make = partial(_verifier, loaded, surroundings, directory, self._notes, lines, secrets or environ)
        self._authorizer = Authorizer(
            routes=loaded.routes,
            verifier=_prepared(make, environ, surroundings) if prepare else make(),
            clock=surroundings.clock,
            stage=self._writer.stage,
            sender=_sender_constraint(loaded, surroundings, environ),
            resources=frozenset([*loaded.public_base_urls, *filter(None, [loaded.resource])]),
        )
        self._log = lines

    def handle(self, event: dict[str, Any], lambda_context: object) -> dict[str, Any]:
        """Answer one event. Raises UnauthorizedError to say 401, AuthorizerFailedError for a 500.

        Where the format has no 401 (HTTP APIs), a refusal is in the answer, and API Gateway says 403.
        Nothing else leaves this function, and nothing that was raised inside it: a message of another library
        could hold a token.
        """
        started = time.perf_counter_ns()
        request: Request | None = None
        self._notes.begin()
        try:
            request = events.recognize(event, expected=self._event).parse(event)
            decision = self._authorizer.authorize(request)
            answer = self._writer.answer(decision, request)
            self._log.decision(
                decision, request, facts=self._facts(started, lambda_context), digest=self._notes.digest
            )
        except KeyboardInterrupt:  # somebody stops the local gateway
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is, it must not end in Allow, nor be shown
            failure, kind, message = _told_of(error)
        else:
            if decision.unauthenticated and self._raises_401:
                raise UnauthorizedError
            return answer
        with contextlib.suppress(Exception):  # where nothing can be logged, the failure must still be ours
            facts = self._facts(started, lambda_context)
            self._log.failure(failure, message, request, kind=kind, routes=self._routes, facts=facts)
        raise AuthorizerFailedError(failure.value)

    def _facts(self, started: int, lambda_context: object) -> dict[str, Any]:
        notes = self._notes
        facts: dict[str, Any] = {
            "ms": (time.perf_counter_ns() - started + 50_000) // 100_000 / 10,  # `round` takes 1 µs
            "verifier": notes.verifier,
            "cache": notes.cache,
            "request_id": getattr(lambda_context, "aws_request_id", None),
        }
        trace_id = self._trace.trace_id
        if trace_id is not None:
            facts["trace_id"] = trace_id
        return facts


def _told_of(error: BaseException) -> tuple[Reason, Failure, str]:
    """Return what is said of a failure: the words of our own errors, and of no others."""
    if isinstance(error, AuthorizerError) and isinstance(error.reason, Reason):
        return error.reason, kind_of(error), str(error)
    return Reason.INTERNAL_ERROR, "internal", place_of(error)


def _verifier(
    loaded: settings.Settings,
    surroundings: Surroundings,
    directory: str,
    notes: Notes,
    lines: log.Log,
    secrets: "Secrets | Mapping[str, str]",
) -> TokenVerifier:
    """Return the verifier; where AWS keeps a value of its settings, one that is made anew when it has changed."""
    make = partial(
        verifiers.load, surroundings=surroundings, directory=directory, notes=notes, announce=lines.circuit
    )
    if not references.any_kept(loaded.verifiers):
        return make(loaded.verifiers)
    from apigw_oauth.authorizer import rotation  # and what asks AWS: nobody else needs it

    return rotation.load(
        loaded.verifiers, secrets, make=make, surroundings=surroundings, warn=lines.warning, notes=notes
    )


def _prepared(
    make: Callable[[], TokenVerifier], environ: Mapping[str, str], surroundings: Surroundings
) -> TokenVerifier:
    from apigw_oauth.authorizer import preparation  # outside of Lambda nobody needs it

    return preparation.prepared(make, environ=environ, surroundings=surroundings)


def _sender_constraint(
    loaded: settings.Settings, surroundings: Surroundings, environ: Mapping[str, str]
) -> "SenderConstraint | None":
    """Return what checks proofs and certificates; None where an answer is kept, or the event has neither."""
    if loaded.cache != "off" or loaded.event == "token":
        return None
    from apigw_oauth.authorizer import sender_constraint  # and what it is made of: cached answers do without

    return sender_constraint.load(loaded.dpop, surroundings, environ=environ)


def _hook(reference: str | None, directory: str) -> "DecisionHook | None":
    if reference is None:
        return None
    from apigw_oauth.authorizer import decision_hook  # those who have none do without

    return decision_hook.load(reference, directory)


def _find_settings(environ: Mapping[str, str]) -> str:
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), SETTINGS_FILE)
    if SETTINGS_VARIABLE in environ:
        return environ[SETTINGS_VARIABLE]
    return beside if os.path.exists(beside) else os.path.join(environ.get("LAMBDA_TASK_ROOT", ""), SETTINGS_FILE)


def __getattr__(name: str) -> Handler:
    if name != "handler":
        raise AttributeError(name)
    try:
        made = make_handler(_find_settings(os.environ), prepare=RUNTIME_VARIABLE in os.environ)
    except SettingsError as error:
        log.Log().wrong_settings(error)
        raise
    globals()[name] = made
    return made
