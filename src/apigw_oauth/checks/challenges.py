"""The `WWW-Authenticate` challenge of a refusal. See RFC 6750 §3."""

from collections.abc import Iterator

from apigw_oauth.authorizer.authorizer_context import CHALLENGE_KEY
from apigw_oauth.checks import place
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import Project

_HEADER = "WWW-Authenticate"
_FROM_CONTEXT = f"context.authorizer.{CHALLENGE_KEY}"


def rest(project: Project) -> Iterator[Finding]:
    """Find gateway responses from which the challenge was taken."""
    if project.file.api.type != "rest":
        return
    responses = project.gateway_responses()
    values = {kind: _challenges(responses[kind].headers) for kind in ("UNAUTHORIZED", "ACCESS_DENIED")}
    if len(values["UNAUTHORIZED"]) != 1 or not values["UNAUTHORIZED"][0].strip("' "):
        yield Rule.NO_CHALLENGE.found(
            place.of_key(project, "gateway_responses.UNAUTHORIZED.headers"),
            f"A 401 would be sent {_how(values['UNAUTHORIZED'])}, so that clients do not know that a token is"
            " asked for.",
            mend=f"headers = {{ {_HEADER} = \"'Bearer'\" }}, or remove {_HEADER} here",
        )
    if project.file.authorizer.handler is None and values["ACCESS_DENIED"] != [_FROM_CONTEXT]:
        yield Rule.NO_CHALLENGE.found(
            place.of_key(project, "gateway_responses.ACCESS_DENIED.headers"),
            f"The authorizer says what a refused token lacks ({CHALLENGE_KEY}), and the response is sent"
            f" {_how(values['ACCESS_DENIED'])}.",
            mend=f'headers = {{ {_HEADER} = "{_FROM_CONTEXT}" }}, or remove {_HEADER} here',
        )


def http(project: Project) -> Iterator[Finding]:
    """Say what HTTP APIs cannot do."""
    if project.file.api.type == "http":
        asked = "refusals" in project.file.authorizer.model_fields_set
        yield Rule.NO_CHALLENGE_ON_HTTP.found(
            place.of_key(project, "authorizer.refusals" if asked else "api.type"),
            "An HTTP API answers 401 when there is no token at all, and 403 when the authorizer refuses, an"
            f" invalid token too. Neither carries {_HEADER}, and nothing in an HTTP API can add it.",
            mend='use type = "rest" if clients follow challenges'
            + ("; `refusals` has no effect here and can go" if asked else ""),
        )


def _challenges(headers: dict[str, str]) -> list[str]:
    return [value for name, value in headers.items() if name.lower() == _HEADER.lower()]


def _how(values: list[str]) -> str:
    if len(values) > 1:
        return f"with two headers {_HEADER}, spelt differently"
    if not values or not values[0].strip("' "):
        return f"without {_HEADER}"
    return f"with {_HEADER}: {values[0]}"
