"""The bucket for code, and what is uploaded."""

import hashlib

import pytest

from apigw_oauth.deploy.shipping import artifacts
from apigw_oauth.deploy.shipping.artifacts import Bucket
from apigw_oauth.deploy.shipping.deploy_error import DeployError
from tests.deploy.shipping.fake_aws import fake_aws

OURS = "apigw-oauth-111122223333-eu-west-1"
ZIP = artifacts.artifact(b"zip", what="the authorizer", name="authorizer.zip", stack="mydemo")
OF_OTHERS = (
    "the bucket {} is somebody else's, or you may not look into it (s3:ListBucket); name one of your own with"
    " --bucket or [deploy] bucket"
)


def test_an_object_is_named_by_what_is_in_it():
    assert ZIP.key == f"apigw-oauth/mydemo/authorizer-{hashlib.sha256(b'zip').hexdigest()}.zip"


def test_a_bucket_of_our_own_must_be_of_this_account():
    with fake_aws() as fake:
        fake.s3.add_response(
            "head_bucket",
            {"BucketRegion": "eu-west-1"},
            {"Bucket": OURS, "ExpectedBucketOwner": "111122223333"},
        )
        assert artifacts.find_bucket(fake.aws, None) == Bucket(OURS, ours=True, exists=True)


def test_a_bucket_of_our_own_is_made_if_it_is_not_there():
    with fake_aws() as fake:
        fake.s3.add_client_error("head_bucket", "404", http_status_code=404)
        assert artifacts.find_bucket(fake.aws, None) == Bucket(OURS, ours=True, exists=False)


def test_somebody_may_have_guessed_its_name():
    with fake_aws() as fake, pytest.raises(DeployError) as told:
        fake.s3.add_client_error("head_bucket", "403", http_status_code=403)
        artifacts.find_bucket(fake.aws, None)
    assert str(told.value) == OF_OTHERS.format(OURS)


def test_a_bucket_of_their_own_may_be_that_of_another_account():
    with fake_aws() as fake:
        fake.s3.add_response("head_bucket", {}, {"Bucket": "mine"})
        assert artifacts.find_bucket(fake.aws, "mine") == Bucket("mine", ours=False, exists=True)


def test_what_s3_says_otherwise_is_told():
    with fake_aws() as fake:
        fake.s3.add_client_error("head_bucket", "500")
        with pytest.raises(DeployError, match="HeadBucket was answered with 500"):
            artifacts.find_bucket(fake.aws, "mine")
        fake.s3.add_client_error("head_object", "500")
        with pytest.raises(DeployError, match="HeadObject was answered with 500"):
            artifacts.is_there(fake.aws, Bucket("mine", ours=False, exists=True), ZIP)


def test_lambda_takes_code_from_its_own_region_alone():
    with fake_aws() as fake, pytest.raises(DeployError) as told:
        fake.s3.add_response("head_bucket", {"BucketRegion": "us-east-1"}, {"Bucket": "mine"})
        artifacts.find_bucket(fake.aws, "mine")
    assert str(told.value) == (
        "the bucket mine is in us-east-1, and Lambda takes code from its own region alone, eu-west-1; name one there"
        " with --bucket"
    )


CLOSED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


@pytest.mark.parametrize(
    ("region", "more"),
    [
        ("eu-west-1", {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}),
        ("us-east-1", {}),  # which S3 refuses to be told
    ],
    ids=["elsewhere", "us-east-1"],
)
def test_a_bucket_is_made_in_the_region_and_closed(region: str, more: dict[str, object]):
    with fake_aws(region=region) as fake:
        fake.s3.add_response("create_bucket", {}, {"Bucket": OURS, **more})
        fake.s3.add_response(
            "put_public_access_block",
            {},
            {
                "Bucket": OURS,
                "ExpectedBucketOwner": "111122223333",
                "PublicAccessBlockConfiguration": CLOSED,
            },
        )
        artifacts.make_bucket(fake.aws, Bucket(OURS, ours=True, exists=False))


def test_another_deployment_may_have_made_it_just_now():
    with fake_aws() as fake:
        fake.s3.add_client_error("create_bucket", "BucketAlreadyOwnedByYou")
        fake.s3.add_response("put_public_access_block", {})
        artifacts.make_bucket(fake.aws, Bucket(OURS, ours=True, exists=False))


def test_or_somebody_else():
    with fake_aws() as fake, pytest.raises(DeployError) as told:
        fake.s3.add_client_error("create_bucket", "BucketAlreadyExists")
        artifacts.make_bucket(fake.aws, Bucket(OURS, ours=True, exists=False))
    assert str(told.value) == OF_OTHERS.format(OURS)


def test_or_it_may_not_be_made_at_all():
    with fake_aws() as fake, pytest.raises(DeployError, match="no permission: CreateBucket"):
        fake.s3.add_client_error("create_bucket", "AccessDenied", "Access Denied")
        artifacts.make_bucket(fake.aws, Bucket(OURS, ours=True, exists=False))


@pytest.mark.parametrize("code", ["404", "403"])
def test_what_is_not_there_is_uploaded(code: str):
    bucket = Bucket("mine", ours=False, exists=True)
    with fake_aws() as fake:
        fake.s3.add_client_error("head_object", code, http_status_code=int(code))
        assert not artifacts.is_there(fake.aws, bucket, ZIP)
        fake.s3.add_response("put_object", {}, {"Bucket": "mine", "Key": ZIP.key, "Body": b"zip"})
        artifacts.upload(fake.aws, bucket, ZIP)


def test_what_is_there_is_not():
    with fake_aws() as fake:
        fake.s3.add_response(
            "head_object", {}, {"Bucket": OURS, "Key": ZIP.key, "ExpectedBucketOwner": "111122223333"}
        )
        assert artifacts.is_there(fake.aws, Bucket(OURS, ours=True, exists=True), ZIP)


def test_a_bucket_that_is_to_be_made_has_nothing_in_it():
    with fake_aws() as fake:
        assert not artifacts.is_there(fake.aws, Bucket(OURS, ours=True, exists=False), ZIP)


def test_cloudformation_is_told_where_a_template_is():
    bucket = Bucket("mine", ours=False, exists=True)
    with fake_aws() as fake:
        assert artifacts.url(fake.aws, bucket, ZIP) == f"https://s3.eu-west-1.amazonaws.com/mine/{ZIP.key}"
        china = fake.aws._replace(region="cn-north-1", partition="aws-cn")
        assert artifacts.url(china, bucket, ZIP).startswith("https://s3.cn-north-1.amazonaws.com.cn/mine/")
    with fake_aws(endpoint_url="http://127.0.0.1:4566") as fake:
        assert artifacts.url(fake.aws, bucket, ZIP) == f"http://127.0.0.1:4566/mine/{ZIP.key}"
