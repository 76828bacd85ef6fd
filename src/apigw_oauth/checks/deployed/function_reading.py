"""Read the function behind an authorizer: its package, and whether API Gateway may invoke it."""

import io
import json
import zipfile
from collections.abc import Callable, Collection, Mapping
from fnmatch import fnmatchcase
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from apigw_oauth.checks.deployed.deployed_api import DeployedFunction

Fetch = Callable[[str], bytes]
"""Gets the body of a URL. Raises OSError."""

_SETTINGS, _PACKAGE = "authorizer.json", "package.json"


def read(client: Any, function: str, *, sources: Collection[str], fetch: Fetch) -> DeployedFunction:
    """Read a function by its ARN; what may not be read is told in the answer.

    `sources` end the ARNs of the authorizers that invoke it, such as `abc123/authorizers/d4e5f6`; `fetch` gets the
    package from where Lambda says it is.
    """
    may_be_invoked = _may_be_invoked(client, function, sources)
    try:
        package = fetch(client.get_function(FunctionName=function)["Code"]["Location"])
        settings, made = _content(package)
    except (BotoCoreError, ClientError) as error:
        return DeployedFunction(None, None, may_be_invoked, unreadable=_reason(error))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        return DeployedFunction(None, None, may_be_invoked, unreadable=type(error).__name__)
    return DeployedFunction(settings, made.get("apigw_oauth"), may_be_invoked)


def _content(package: bytes) -> tuple[Mapping[str, Any] | None, Mapping[str, Any]]:
    """Return settings, and what the package says of itself. Raises BadZipFile, ValueError."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        names = set(archive.namelist())
        settings, made = (
            json.loads(archive.read(name)) if name in names else None for name in (_SETTINGS, _PACKAGE)
        )
    return settings if isinstance(settings, dict) else None, made if isinstance(made, dict) else {}


def _may_be_invoked(client: Any, function: str, sources: Collection[str]) -> bool | None:
    """Say whether the function's own policy lets the authorizers invoke it; None if it cannot be read."""
    try:
        policy = json.loads(client.get_policy(FunctionName=function)["Policy"])
    except ClientError as error:
        return False if error.response["Error"]["Code"] == "ResourceNotFoundException" else None
    except (BotoCoreError, ValueError):
        return None
    return all(any(_lets_in(one, source) for one in policy.get("Statement", ())) for source in sources)


def _lets_in(statement: Mapping[str, Any], source: str) -> bool:
    principal = statement.get("Principal")
    service = principal.get("Service") if isinstance(principal, Mapping) else principal
    named = statement.get("Condition", {}).get("ArnLike", {}).get("AWS:SourceArn")
    # Without a source every API of the account may invoke it. `abc/*/*/*` names routes, and no authorizer.
    _, _, pattern = (named or ":*").rpartition(":")
    reached = fnmatchcase(source, pattern)
    return statement.get("Effect") == "Allow" and service in {"apigateway.amazonaws.com", "*"} and reached


def _reason(error: Exception) -> str:
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    return f"Lambda says {code}"
