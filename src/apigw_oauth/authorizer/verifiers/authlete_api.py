"""Authlete's introspection API: one call, and whether what comes back is an answer. See https://docs.authlete.com/."""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any, Protocol

from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifier import prepare
from apigw_oauth.authorizer.verifiers import strict_json
from apigw_oauth.authorizer.verifiers.http_client import HttpAnswer
from apigw_oauth.authorizer.verifiers.server_address import ServerAddress

_RESULT_CODE = r"[A-Z]\d{6}"
_VERDICTS = ("OK", "UNAUTHORIZED", "BAD_REQUEST", "FORBIDDEN")  # a tuple: what is compared may be a list


class Client(Protocol):
    """What the API needs of an HTTP client."""

    def post(self, path: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Send one request and return the answer. Raises VerifierUnavailableError."""
        ...


class AuthleteApi:
    """One service at Authlete."""

    def __init__(self, client: Client, *, version: int, base_url: str, account: str, secret: str) -> None:
        """Set up for one service.

        `account` and `secret`: API key and API secret (version 2), or service ID and service access token
        (version 3). Raises SettingsError.
        """
        self._client = client
        prefix = ServerAddress.parse(base_url).target.rstrip("/")
        if version == 2:
            self._path = f"{prefix}/api/auth/introspection"
            credentials = "Basic " + base64.b64encode(f"{account}:{secret}".encode()).decode()
        else:
            self._path = f"{prefix}/api/{account}/auth/introspection"
            credentials = f"Bearer {secret}"
        self._headers = {
            "Authorization": credentials,
            "Content-Type": "application/json",
            "Accept": "application/json",
        }

    def prepare(self) -> None:
        """Open the connection."""
        prepare(self._client)

    def ask(self, question: Mapping[str, str]) -> Mapping[str, Any]:
        """Return an answer whose `action` is a verdict about the token. Raises VerifierUnavailableError.

        HTTP 200 carries every verdict. Any other status is about this call.
        """
        answer = self._client.post(self._path, self._headers, json.dumps(question).encode())
        content = _json_object(answer.body)
        code = result_code(content)
        if answer.status in {401, 403}:
            raise _unavailable(
                f"Authlete refuses our own credentials: HTTP {answer.status}, {code}",
                Reason.CREDENTIALS_REFUSED,
                answer,
            )
        if answer.status != 200:
            raise _unavailable(
                f"Authlete answered HTTP {answer.status}, {code}", Reason.AUTHORIZATION_SERVER_ERROR, answer
            )
        if content is None or answer.media_type not in {"application/json", ""}:
            raise nonsense("not a JSON object")
        if content.get("action") == "INTERNAL_SERVER_ERROR":
            raise _unavailable(
                f"Authlete could not process the call: {code}", Reason.AUTHORIZATION_SERVER_ERROR, answer
            )
        if content.get("action") not in _VERDICTS:
            raise nonsense("unknown action")
        return content


def result_code(content: Mapping[str, Any] | None) -> str:
    """Return the result code if it looks like one: it goes into the log, and all else may echo a credential."""
    code = content.get("resultCode") if content else None
    return code if isinstance(code, str) and re.fullmatch(_RESULT_CODE, code) else "no result code"


def nonsense(what: str, *, about_one_token: bool = False) -> VerifierUnavailableError:
    """Return the error for an answer that is not one of Authlete's; `what` holds nothing of it."""
    return VerifierUnavailableError(
        f"the answer is not Authlete's: {what}",
        reason=Reason.AUTHORIZATION_SERVER_NONSENSE,
        about_one_token=about_one_token,
    )


def _unavailable(message: str, reason: Reason, answer: HttpAnswer) -> VerifierUnavailableError:
    return VerifierUnavailableError(
        message,
        reason=reason,
        retry_after=answer.retry_after,
        about_one_token=400 <= answer.status < 500 and answer.status != 429,
    )


def _json_object(body: bytes) -> Mapping[str, Any] | None:
    try:
        return strict_json.loads_object(body)
    except strict_json.JsonError:
        return None
