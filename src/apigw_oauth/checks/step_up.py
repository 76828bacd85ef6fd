"""Routes that want the user to have logged in strongly or lately. See RFC 9470."""

from collections.abc import Iterator

from apigw_oauth.checks import place
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.listing import listed
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import Project


def untold(project: Project) -> Iterator[Finding]:
    """Find routes whose challenge does not reach the client."""
    asking = [one.route.key for one in project.routes if one.route.acr_values or one.route.max_age is not None]
    rest = project.file.api.type == "rest"
    if not asking or (rest and project.file.authorizer.refusals == "dynamic-401"):
        return
    says = {
        "rest": "a raised 401 has the fixed challenge of the gateway response UNAUTHORIZED",
        "http": "an HTTP API answers 403 without a challenge",
        "websocket": "a WebSocket API answers without a challenge",
    }[project.file.api.type]
    yield Rule.STEP_UP_UNTOLD.found(
        place.of_key(project, "authorizer.refusals" if rest else "api.type"),
        f"{listed(asking)}: a weak or old login is refused, and the client is not told what is asked for"
        f" (acr_values, max_age): {says}.",
        mend='refusals = "dynamic-401" in [authorizer]'
        if rest
        else 'type = "rest" in [api]; or tell clients by other means',
    )
