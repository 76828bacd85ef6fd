"""What it means that AWS gives no secret: a mistake of the operator, told with its mend, or an outage."""

import json
import re
from typing import Any

from apigw_oauth.authorizer.errors import AuthorizerError, SettingsError, VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.references import Source

_ACTIONS = {"ssm": "ssm:GetParameter", "secretsmanager": "secretsmanager:GetSecretValue"}
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_ABSENT = frozenset({"ParameterNotFound", "ParameterVersionNotFound", "ResourceNotFoundException"})
_NOT_US = frozenset(
    {
        *("ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "InvalidClientTokenId"),
        *("InvalidSignatureException", "SignatureDoesNotMatch", "UnrecognizedClientException"),
    }
)
_PASSING = frozenset({"InternalServerError", "InternalServiceError", "RequestTimeout", "ServiceUnavailable"})
_NO_CREDENTIALS = frozenset(
    {
        *("CredentialRetrievalError", "NoCredentialsError", "PartialCredentialsError", "ProfileNotFound"),
        *("SSOError", "SSOTokenLoadError", "TokenRetrievalError", "UnauthorizedSSOTokenError"),
    }
)
_ACCOUNT = re.compile(r"arn:[a-z-]+:(?:sts|iam)::([0-9]{12}):")
_OF_THE_KEY = re.compile(r"kms:Decrypt|Access to KMS|The ciphertext refers")
_KEY = re.compile(r"key/([0-9a-fA-F-]{8,64})")
_WORD = re.compile(r"[A-Za-z.]{1,64}")


def read(error: Exception, source: Source, meta: Any) -> AuthorizerError:
    """Return our own error for one of the SDK; nothing of its text but the names of AWS's own errors.

    `meta` is that of the client, which knows partition and region; None where there is none.
    """
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return _of_service(response, source, meta)
    name = type(error).__name__
    if name in _NO_CREDENTIALS:
        return SettingsError(
            f"{_what(source)} cannot be read without AWS credentials ({name}); sign in (aws configure, aws sso"
            " login), or set AWS_PROFILE"
        )
    if name in {"NoRegionError", "InvalidRegionError"}:
        return SettingsError(f"{_what(source)} is in no AWS region; set AWS_REGION, or name it by its ARN")
    if _is_connection(error):
        return _outage(f"AWS does not answer ({name})")
    return SettingsError(f"{_what(source)} cannot be read ({name}); is AWS set up, AWS_ENDPOINT_URL included?")


def statement(source: Source, *, partition: str, region: str, account: str) -> dict[str, str]:
    """Return the IAM statement that allows to read something. See "Actions, resources, and condition keys".

    Secrets Manager ends the ARN of a secret with six characters of its own.
    """
    if source.arn:
        resource = source.id
    elif source.service == "ssm":
        name = source.id.partition(":")[0].removeprefix("/")
        resource = f"arn:{partition}:ssm:{region}:{account}:parameter/{name}"
    else:
        resource = f"arn:{partition}:secretsmanager:{region}:{account}:secret:{source.id}-??????"
    return {"Effect": "Allow", "Action": _ACTIONS[source.service], "Resource": resource}


def _of_service(response: dict[str, Any], source: Source, meta: Any) -> AuthorizerError:
    told = response.get("Error", {})
    code, message = str(told.get("Code", "")), str(told.get("Message", ""))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _DENIED:
        return _denied(message, source, meta)
    if code in _ABSENT:
        return SettingsError(
            f"{_what(source)} does not exist in {_region(source, meta)}; create it, or name another"
        )
    if code in _NOT_US:
        return SettingsError(f"{_what(source)}: AWS refuses our credentials ({code}); sign in again")
    named = code if _WORD.fullmatch(code) else "an error"
    if status >= 500 or status == 429 or code in _PASSING or "Throttl" in code:
        return _outage(f"AWS has no answer ({named})")
    return SettingsError(f"{_what(source)} cannot be read ({named}); look at it in the AWS console")


def _denied(message: str, source: Source, meta: Any) -> SettingsError:
    """Name what would allow it; the account is told in AWS's own message, and nowhere else."""
    account = _ACCOUNT.search(message)
    place = {
        "partition": source.arn[1] if source.arn else str(getattr(meta, "partition", "aws")),
        "region": _region(source, meta),
        "account": source.arn[4] if source.arn else account[1] if account else "*",
    }
    needed = statement(source, **place)
    if _OF_THE_KEY.search(message):
        key = _KEY.search(message)
        arn = f"arn:{place['partition']}:kms:{place['region']}:{place['account']}:key/{key[1] if key else '*'}"
        needed = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": arn}
    return SettingsError(
        f"{_what(source)} may not be read ({needed['Action']}); add this statement to a policy of the role:"
        f" {json.dumps(needed)}"
    )


def _region(source: Source, meta: Any) -> str:
    return source.arn[3] if source.arn else str(getattr(meta, "region_name", None) or "*")


def _what(source: Source) -> str:
    return f"the {'parameter' if source.service == 'ssm' else 'secret'} {source.id}"


def _outage(message: str) -> VerifierUnavailableError:
    return VerifierUnavailableError(message, reason=Reason.SECRETS_UNAVAILABLE)


def _is_connection(error: Exception) -> bool:
    names = {kind.__name__ for kind in type(error).__mro__}
    return bool(names & {"HTTPClientError", "ConnectionError", "ConnectionClosedError", "TimeoutError"})
