"""The AWS Parameters and Secrets Lambda Extension: a process beside the function that asks AWS, and keeps answers.

It saves the function the SDK, whose import takes longer than everything else at cold start. It answers HTTP on
loopback; while the environment initializes it says 400 and that it is not ready, and of what AWS has refused it
says nothing but 400. See "Use Secrets Manager secrets in Lambda functions" in the Lambda Developer Guide.
"""

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import quote

from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.references import Source
from apigw_oauth.authorizer.verifiers import strict_json
from apigw_oauth.authorizer.verifiers.http_client import Client, HttpClient

PORT_VARIABLE = "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT"
DEFAULT_PORT = "2773"
TIMEOUT = 2.0
"""Seconds for one answer."""
ATTEMPTS, WAIT = 5, 0.05
"""How often it is asked by a request, and the seconds between: it wakes up together with the function."""

_TARGETS = {
    "ssm": "/systemsmanager/parameters/get?withDecryption=true&name=",
    "secretsmanager": "/secretsmanager/get?secretId=",
}


class Said(NamedTuple):
    """What the extension says."""

    text: str | None = None
    """What is kept; None where it does not say."""
    ready: bool = True
    """Whether it says anything at all."""

    def __repr__(self) -> str:
        """Show whether there is a text, and not what it says."""
        return f"Said(text={'…' if self.text else None}, ready={self.ready})"


class Extension:
    """Asks the extension."""

    def __init__(self, client: Client, token: str, *, sleep: Callable[[float], object] = time.sleep) -> None:
        """Set up; `token` is the session token of the function's role, which the extension wants to see."""
        self._client = client
        self._headers = {"X-Aws-Parameters-Secrets-Token": token}
        self._sleep = sleep

    def read(self, source: Source, *, wait: bool) -> Said:
        """Return what it says of a parameter or secret. Raises nothing; `wait`: until it is ready."""
        said = self._ask(source)
        for _ in range(ATTEMPTS - 1 if wait else 0):
            if said.ready:
                break
            self._sleep(WAIT)
            said = self._ask(source)
        return said

    def _ask(self, source: Source) -> Said:
        try:
            answer = self._client.get(_TARGETS[source.service] + quote(source.id, safe=""), self._headers)
        except VerifierUnavailableError:
            return Said()
        if answer.status != 200:
            return Said(ready=b"not ready" not in answer.body)
        try:
            content = strict_json.loads_object(answer.body)
        except strict_json.JsonError:
            return Said()
        if source.service == "ssm":
            parameter = content.get("Parameter")
            text = parameter.get("Value") if isinstance(parameter, dict) else None
        else:
            text = content.get("SecretString")
        return Said(text if isinstance(text, str) else None)


def find(environ: Mapping[str, str]) -> Extension | None:
    """Return the extension if it may be there, in Lambda or where its port is named; to ask shows if it is."""
    token, port = environ.get("AWS_SESSION_TOKEN"), environ.get(PORT_VARIABLE, "")
    if not token or not (port or environ.get("AWS_LAMBDA_RUNTIME_API")):
        return None
    port = port or DEFAULT_PORT
    if not port.isascii() or not port.isdecimal() or not 0 < int(port) < 65536:
        return None
    # It is on this machine: no name that could lead elsewhere, no proxy, no redirect.
    return Extension(HttpClient(f"http://127.0.0.1:{port}", total_timeout=TIMEOUT), token)
