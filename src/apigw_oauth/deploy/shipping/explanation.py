"""Why a deployment failed, and what CloudFormation did then, in words that say what to do about it."""

import re
from collections.abc import Collection, Iterable, Mapping

from apigw_oauth.deploy.shipping.aws_errors import permission_missing
from apigw_oauth.deploy.shipping.events import Event

_DONE = {"CREATE": "created", "UPDATE": "changed", "DELETE": "deleted"}
_NO_CAPACITY = (
    "the account has no such number of invocations to spare; give a smaller one, --parameter"
    " ReservedConcurrency=N, or -1 for none"
)
_TAKEN = "something of that name is there, perhaps what another stack left; delete it, or choose another --stack"
_MENDS = (
    (re.compile(r"ReservedConcurrentExecutions|UnreservedConcurrentExecution"), _NO_CAPACITY),
    (re.compile(r"already exists", re.IGNORECASE), _TAKEN),
    (re.compile(r"NoSuchKey|NoSuchBucket"), "somebody has removed the code from the bucket; run this again"),
)
_STATES: Mapping[str, str] = {
    "ROLLBACK_COMPLETE": "What had been made has been removed again.",
    "UPDATE_ROLLBACK_COMPLETE": "The stack is again as it was before.",
    "UPDATE_ROLLBACK_FAILED": (
        "It could not be taken back either: mend what the events say, then run"
        " `aws cloudformation continue-update-rollback --stack-name {stack}`."
    ),
    "ROLLBACK_FAILED": "It cannot be removed either: mend what the events say, and run this with --delete.",
    "DELETE_FAILED": "The rest is gone: mend what the events say, and run this with --delete again.",
}


def of_failure(stack: str, status: str, events: Iterable[Event], secrets: Collection[str] = ()) -> str:
    """Return why a stack ended in a state in which it should not be. `secrets` are not in it."""
    first = next((one for one in events if one.failed and not one.is_stack), None)
    what = f"{stack} ended in {status}" if first is None else _first(first)
    told = _STATES.get(status, f"The stack {stack} is in the state {status}.").format(stack=stack)
    return without(f"{what}. {told}", secrets)


def without(text: str, secrets: Collection[str]) -> str:
    """Return a text without what must not be read in it."""
    for one in sorted(secrets, key=len, reverse=True):
        text = text.replace(one, "****")
    return text


def _first(event: Event) -> str:
    verb = _DONE.get(event.status.partition("_")[0], "made")
    reason = permission_missing(event.reason) or event.reason.rstrip(". ") or "CloudFormation does not say why"
    mend = next((f"; {mend}" for pattern, mend in _MENDS if pattern.search(event.reason)), "")
    return f"the {event.kind} {event.resource} could not be {verb}: {reason}{mend}"
