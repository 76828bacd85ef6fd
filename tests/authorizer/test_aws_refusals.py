"""What AWS refuses, and why: the mend is in the message, and nothing that AWS wrote."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError

from apigw_oauth.authorizer import aws_refusals
from apigw_oauth.authorizer.errors import AuthorizerError, SettingsError, VerifierUnavailableError
from apigw_oauth.authorizer.references import Source

SECRET, PARAMETER = Source("secretsmanager", "prod/as"), Source("ssm", "/prod/as:3")
META = SimpleNamespace(partition="aws-cn", region_name="cn-north-1")
USER = "User: arn:aws-cn:sts::123456789012:assumed-role/role/function is not authorized to perform: "


def refusal(
    code: str, message: str = "hunter2", *, status: int = 400, source: Source = SECRET, meta: Any = META
) -> AuthorizerError:
    told: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return aws_refusals.read(ClientError(told, "GetSecretValue"), source, meta)


def needed(error: AuthorizerError) -> dict[str, str]:
    """The statement of the message, which can be taken as it is."""
    assert isinstance(error, SettingsError)
    statement: dict[str, str] = json.loads(str(error).partition("policy of the role: ")[2])
    assert statement.pop("Effect") == "Allow"
    return statement


def test_a_missing_permission_is_named_with_the_statement_that_would_allow_it():
    error = refusal("AccessDeniedException", f"{USER}secretsmanager:GetSecretValue on resource: prod/as because …")
    assert str(error).startswith(
        "the secret prod/as may not be read (secretsmanager:GetSecretValue); add this statement"
    )
    assert needed(error) == {
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:prod/as-??????",
    }
    error = refusal("AccessDeniedException", f"{USER}ssm:GetParameter on resource: …", source=PARAMETER)
    assert needed(error) == {
        "Action": "ssm:GetParameter", "Resource": "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/prod/as"
    }  # fmt: skip


def test_what_is_not_known_is_left_open_and_an_arn_says_everything():
    assert (
        needed(refusal("AccessDenied", "no", meta=None))["Resource"]
        == "arn:aws:secretsmanager:*:*:secret:prod/as-??????"
    )
    arn = "arn:aws:secretsmanager:us-east-2:210987654321:secret:as-AbCdEf"
    assert needed(refusal("AccessDenied", USER, source=Source("secretsmanager", arn)))["Resource"] == arn


@pytest.mark.parametrize(
    ("message", "key"),
    [
        (f"{USER}kms:Decrypt on resource: arn:aws-cn:kms:cn-north-1:123456789012:key/1234abcd-12ab because", "1234abcd-12ab"),
        ("Access to KMS is not allowed", "*"),
        ("The ciphertext refers to a customer master key that does not exist, …", "*"),
    ],
)  # fmt: skip
def test_a_key_that_may_not_be_used_is_another_statement(message: str, key: str):
    statement = needed(refusal("AccessDeniedException", message))
    assert statement["Action"] == "kms:Decrypt"
    assert statement["Resource"].startswith("arn:aws-cn:kms:cn-north-1:")
    assert statement["Resource"].endswith(f":key/{key}")


def test_a_secret_that_is_called_kms_is_no_key():
    error = refusal(
        "AccessDeniedException", f"{USER}secretsmanager:GetSecretValue on resource: kms-secret because"
    )
    assert needed(error)["Action"] == "secretsmanager:GetSecretValue"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ResourceNotFoundException", "the secret prod/as does not exist in cn-north-1; create it"),
        ("UnrecognizedClientException", "AWS refuses our credentials (UnrecognizedClientException); sign in again"),
        ("ExpiredTokenException", "AWS refuses our credentials (ExpiredTokenException)"),
        ("InvalidRequestException", "cannot be read (InvalidRequestException); look at it in the AWS console"),
        ("DecryptionFailure", "cannot be read (DecryptionFailure)"), ("<b>hunter2</b>", "cannot be read (an error)"),
        ("", "cannot be read (an error)"),
    ],
)  # fmt: skip
def test_a_mistake_of_the_operator_names_its_mend_and_nothing_that_aws_wrote(code: str, message: str):
    error = refusal(code)
    assert isinstance(error, SettingsError)
    assert message in str(error)
    assert "hunter2" not in str(error)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 400), ("TooManyUpdates", 429), ("InternalServiceError", 500), ("InternalServerError", 500),
        ("503", 503), ("ServiceUnavailable", 400), ("RequestTimeout", 400), ("AnythingElse", 502),
    ],
)  # fmt: skip
def test_an_outage_of_aws_is_none_of_the_operators_mistakes(code: str, status: int):
    error = refusal(code, status=status)
    assert isinstance(error, VerifierUnavailableError)
    assert error.reason == "secrets_unavailable"
    assert "hunter2" not in str(error)


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (exceptions.NoCredentialsError(), "without AWS credentials"), (exceptions.ProfileNotFound(profile="hunter2"), "without AWS"),
        (exceptions.TokenRetrievalError(provider="sso", error_msg="hunter2"), "without AWS credentials"),
        (exceptions.UnauthorizedSSOTokenError(), "without AWS credentials"), (exceptions.NoRegionError(), "set AWS_REGION"),
        (exceptions.InvalidRegionError(region_name="hunter2"), "set AWS_REGION"),
        (exceptions.ParamValidationError(report="hunter2"), r"cannot be read \(ParamValidationError\)"), (ValueError("hunter2"), "ValueError"),
    ],
)  # fmt: skip
def test_what_fails_before_aws_is_asked_is_a_mistake(raised: Exception, kind: str):
    error = aws_refusals.read(raised, PARAMETER, None)
    assert isinstance(error, SettingsError)
    with pytest.raises(SettingsError, match=kind):
        raise error
    assert "the parameter /prod/as:3" in str(error)
    assert "hunter2" not in str(error)


@pytest.mark.parametrize(
    "raised",
    [
        exceptions.EndpointConnectionError(endpoint_url="hunter2"), exceptions.ConnectTimeoutError(endpoint_url="hunter2"),
        exceptions.ReadTimeoutError(endpoint_url="hunter2"), exceptions.ConnectionClosedError(endpoint_url="hunter2"),
        exceptions.SSLError(endpoint_url="hunter2", error="x"), exceptions.ProxyConnectionError(proxy_url="hunter2"),
        exceptions.HTTPClientError(error="hunter2"),
    ],
    ids=lambda raised: type(raised).__name__,
)  # fmt: skip
def test_a_connection_that_fails_is_an_outage(raised: Exception):
    error = aws_refusals.read(raised, SECRET, META)
    assert isinstance(error, VerifierUnavailableError)
    assert str(error) == f"AWS does not answer ({type(raised).__name__})"
