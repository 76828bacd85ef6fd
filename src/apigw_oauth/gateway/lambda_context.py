"""The second argument of a Lambda handler."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field


# Without arguments, which nobody has for it: one is made for each invocation.
@dataclass(init=False)
class CognitoIdentity:
    """Who invoked the function through Cognito: nobody ever does here."""

    cognito_identity_id: str | None = None
    cognito_identity_pool_id: str | None = None


# Neither frozen nor slotted: functions and their libraries set attributes of their own on it, as they may on AWS.
@dataclass
class LambdaContext:
    """What Lambda tells a function about its invocation.

    See "Lambda context object in Python" in the Lambda Developer Guide.
    """

    aws_request_id: str
    function_name: str
    invoked_function_arn: str
    log_stream_name: str
    deadline: float
    clock: Callable[[], float]
    function_version: str = "$LATEST"
    memory_limit_in_mb: str = "128"
    identity: CognitoIdentity = field(default_factory=CognitoIdentity)
    client_context: None = None
    tenant_id: None = None

    @property
    def log_group_name(self) -> str:
        """Return where Lambda would log."""
        return f"/aws/lambda/{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """Return the time left until the function is cut off."""
        return max(0, int((self.deadline - self.clock()) * 1000))

    @staticmethod
    def log(msg: object) -> None:
        """Write a line where `print` writes."""
        sys.stdout.write(f"{msg}\n")
