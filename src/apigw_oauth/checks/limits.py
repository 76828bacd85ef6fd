"""Sizes that API Gateway does not take."""

from collections.abc import Iterator

from apigw_oauth.authorizer import scopes
from apigw_oauth.authorizer.iam_policy import MAX_ANSWER_LENGTH
from apigw_oauth.authorizer.route import REST_OF_PATH, VERBS
from apigw_oauth.authorizer.stage_policy import ROOM
from apigw_oauth.checks import place
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.listing import listed
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import Project

_LONGEST_ARN = 1600
_ARN_PREFIX = len("arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:abcdefghij//OPTIONS/")
_ENVELOPE = 600  # bytes: punctuation, names, a principal and a challenge
_ENOUGH = 1024  # bytes for claims


def answer(project: Project) -> Iterator[Finding]:
    """Find out how much room a policy and the scopes leave in an answer."""
    if project.file.authorizer.handler is not None:
        return
    policy = _longest_policy(project)
    told = len(scopes.to_wire(project.scopes())) if "scope" in project.file.authorizer.context else 0
    room = MAX_ANSWER_LENGTH - _ENVELOPE - policy - told
    if room < _ENOUGH:
        yield Rule.ANSWER_SIZE.found(
            place.of_key(project, "authorizer.context"),
            f"An answer has at most {MAX_ANSWER_LENGTH} bytes. For a token with every scope of this project the"
            f" policy takes up to {policy}, and the claim scope {told}: {max(room, 0)} are left for other claims."
            " An answer that is too long is a 500.",
            mend='leave "scope" out of authorizer.context, or use fewer scopes',
        )


def _longest_policy(project: Project) -> int:
    """Return how many bytes a policy takes at most: of one route, or in cache mode `token` of all."""
    if project.authorizer_definition().simple_responses:
        return 0
    prefix = _ARN_PREFIX + len(project.file.api.stage) + len('"", ')
    lengths = [
        (prefix + len(one.route.pattern)) * (len(VERBS) if one.route.method == "ANY" else 1)
        for one in project.routes
    ]
    # Beside each Allow, there is a Deny or two at most for paths beyond it.
    return max(lengths) if project.cache != "token" else min(ROOM, 3 * sum(lengths))


def request_arn(project: Project) -> Iterator[Finding]:
    """Say how long a path may be where the routes do not limit it."""
    unlimited = [one.route.key for one in project.routes if REST_OF_PATH in one.route.segments]
    if unlimited and project.file.api.type == "rest":
        longest = _LONGEST_ARN - _ARN_PREFIX - len(project.file.api.stage)
        yield Rule.LONG_PATHS.found(
            place.of_key(project, "routes"),
            f"Paths of any length: {listed(unlimited)}. API Gateway refuses a request whose ARN has more than"
            f" {_LONGEST_ARN} bytes with 414: here, a path of more than about {longest}.",
            mend="put long values into the query or the body",
        )
