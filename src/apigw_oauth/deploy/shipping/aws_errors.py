"""What boto3 raises, in words that say what to do about it."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from apigw_oauth.deploy.shipping.deploy_error import DeployError

_NOT_ALLOWED = re.compile(
    r"(?P<who>\S+) is not authorized to perform: (?P<action>[\w:*]+)"
    r'(?: on resource: "?(?P<resource>[^\s"]+))?'
)
_DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException", "403", "Forbidden"}
)
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_UNKNOWN_KEYS = frozenset(
    {"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "SignatureDoesNotMatch"}
)
_BUSY = frozenset(
    {"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException", "SlowDown"}
)

NO_REGION = "there is no region; name one with --region, [deploy] region, or AWS_DEFAULT_REGION"
_LOG_IN = "log in (aws sso login, or aws configure), or set AWS_PROFILE or --profile"
_RAISED: Mapping[type[BotoCoreError], str] = {
    exceptions.NoCredentialsError: f"there are no AWS credentials; {_LOG_IN}",
    exceptions.PartialCredentialsError: f"the AWS credentials are not complete; {_LOG_IN}",
    exceptions.CredentialRetrievalError: f"the AWS credentials cannot be had; {_LOG_IN}",
    exceptions.SSOError: f"the AWS session has ended; {_LOG_IN}",
    exceptions.TokenRetrievalError: f"the AWS session has ended; {_LOG_IN}",
    exceptions.NoRegionError: NO_REGION,
    exceptions.InvalidRegionError: "that is no region; it is like eu-west-1",
}


@contextmanager
def in_plain_words() -> Iterator[None]:
    """Turn what boto3 raises into DeployError."""
    try:
        yield
    except ClientError as error:
        raise DeployError(_refusal(error.response.get("Error", {}), error.operation_name)) from None
    except BotoCoreError as error:
        raise DeployError(_failure(error)) from None


def code_of(error: ClientError) -> str:
    """Return the code of a refusal, such as `ValidationError`."""
    return str(error.response.get("Error", {}).get("Code", ""))


def message_of(error: ClientError) -> str:
    """Return what the service said about it."""
    return str(error.response.get("Error", {}).get("Message", ""))


def _refusal(error: Mapping[str, Any], operation: str) -> str:
    code, message = str(error.get("Code", "")), str(error.get("Message", ""))
    if code in _EXPIRED:
        return f"the AWS credentials have expired; {_LOG_IN}"
    if code in _UNKNOWN_KEYS:
        return f"AWS does not know these credentials ({code}); {_LOG_IN}"
    if code in _BUSY:
        return f"AWS is asked too often and answers {operation} with {code}; wait a minute, then run it again"
    if code in _DENIED or _NOT_ALLOWED.search(message):
        return permission_missing(message) or (
            f"no permission: {operation} was answered with {code}; allow it to whoever deploys"
        )
    return f"{operation} was answered with {code}: {message}"


def permission_missing(message: str) -> str | None:
    """Say which permission somebody lacks, if the message of AWS is about one."""
    found = _NOT_ALLOWED.search(message)
    if found is None:
        return None
    where = f" on {found['resource']}" if found["resource"] else ""
    return f"no permission: {found['who']} may not {found['action']}{where}; allow it in a policy of theirs"


def _failure(error: BotoCoreError) -> str:
    for kind, message in _RAISED.items():
        if isinstance(error, kind):
            return message
    if isinstance(error, exceptions.ProfileNotFound):
        return f"there is no AWS profile {error.kwargs['profile']}; `aws configure list-profiles` lists them"
    if isinstance(error, (exceptions.HTTPClientError, exceptions.ConnectionError)):
        where = error.kwargs.get("endpoint_url") or "AWS"
        return f"{where} does not answer; check the network, the region and --endpoint-url"
    return str(error).rstrip(".")
