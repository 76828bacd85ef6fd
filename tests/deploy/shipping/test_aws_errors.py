"""What boto3 raises, in plain words."""

import pytest
from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from apigw_oauth.deploy.shipping.aws_errors import in_plain_words
from apigw_oauth.deploy.shipping.deploy_error import DeployError

LOG_IN = "log in (aws sso login, or aws configure), or set AWS_PROFILE or --profile"
DENIED = (
    "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: cloudformation:CreateStack on resource:"
    " arn:aws:cloudformation:eu-west-1:111122223333:stack/mydemo/* because no identity-based policy allows it"
)


def words(error: Exception) -> str:
    with pytest.raises(DeployError) as told, in_plain_words():
        raise error
    assert told.value.__cause__ is None
    return str(told.value)


def refused(code: str, message: str = "m") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "CreateStack")


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException"])
def test_a_missing_permission_is_named_with_its_resource(code: str):
    assert words(refused(code, DENIED)) == (
        "no permission: arn:aws:iam::111122223333:user/ann may not cloudformation:CreateStack on"
        " arn:aws:cloudformation:eu-west-1:111122223333:stack/mydemo/*; allow it in a policy of theirs"
    )


def test_a_permission_that_is_not_told_is_that_of_the_operation():
    assert words(refused("AccessDenied", "Access Denied")) == (
        "no permission: CreateStack was answered with AccessDenied; allow it to whoever deploys"
    )


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ExpiredToken", f"the AWS credentials have expired; {LOG_IN}"),
        ("ExpiredTokenException", f"the AWS credentials have expired; {LOG_IN}"),
        ("InvalidClientTokenId", f"AWS does not know these credentials (InvalidClientTokenId); {LOG_IN}"),
        ("SignatureDoesNotMatch", f"AWS does not know these credentials (SignatureDoesNotMatch); {LOG_IN}"),
        ("Throttling", "AWS is asked too often and answers CreateStack with Throttling; wait a minute, then run it again"),
        ("ValidationError", "CreateStack was answered with ValidationError: m"),
    ],
)  # fmt: skip
def test_other_refusals(code: str, message: str):
    assert words(refused(code)) == message


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (exceptions.NoCredentialsError(), f"there are no AWS credentials; {LOG_IN}"),
        (
            exceptions.PartialCredentialsError(provider="env", cred_var="x"),
            f"the AWS credentials are not complete; {LOG_IN}",
        ),
        (exceptions.SSOTokenLoadError(error_msg="e"), f"the AWS session has ended; {LOG_IN}"),
        (exceptions.UnauthorizedSSOTokenError(), f"the AWS session has ended; {LOG_IN}"),
        (
            exceptions.NoRegionError(),
            "there is no region; name one with --region, [deploy] region, or AWS_DEFAULT_REGION",
        ),
        (exceptions.InvalidRegionError(region_name="no where"), "that is no region; it is like eu-west-1"),
        (
            exceptions.EndpointConnectionError(endpoint_url="https://sts.eu-west-9.amazonaws.com/"),
            "https://sts.eu-west-9.amazonaws.com/ does not answer; check the network, the region and --endpoint-url",
        ),
        (
            exceptions.ReadTimeoutError(endpoint_url="https://x/"),
            "https://x/ does not answer; check the network, the region and --endpoint-url",
        ),
        (exceptions.UnknownServiceError(service_name="a", known_service_names="b"), "Unknown service: 'a'. Valid service names are: b"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)  # fmt: skip
def test_what_goes_wrong_on_this_side(error: BotoCoreError, message: str):
    assert words(error) == message
