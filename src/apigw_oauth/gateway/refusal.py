"""Why API Gateway itself answers, instead of an integration."""

from typing import Literal

Decision = Literal["allow", "deny", "unauthorized", "error", "public", "refused"]


class RefusedError(Exception):
    """The request ends with a gateway response.

    `reason` is for the console, `message` and `status` replace those of the response type; without `decision` that
    of the exchange stays. None of them holds a credential.
    """

    def __init__(
        self,
        response_type: str,
        *,
        decision: Decision | None = None,
        reason: str,
        message: str | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(reason)
        self.response_type = response_type
        self.decision = decision
        self.reason = reason
        self.message = message
        self.status = status
