"""The bucket from which CloudFormation takes code, and what is uploaded to it.

Objects are named by what is in them, so that equal code is uploaded once, and older code is there for a rollback.
"""

import hashlib
from typing import NamedTuple

from botocore.exceptions import ClientError

from apigw_oauth.deploy.shipping.aws import Aws
from apigw_oauth.deploy.shipping.aws_errors import code_of, in_plain_words
from apigw_oauth.deploy.shipping.deploy_error import DeployError

_PREFIX = "apigw-oauth"
_MISSING = frozenset({"404", "NoSuchBucket", "NotFound", "NoSuchKey"})
_FORBIDDEN = frozenset({"403", "AccessDenied", "Forbidden"})


class Artifact(NamedTuple):
    """Something to upload."""

    what: str
    """For people, such as `the authorizer`."""
    key: str
    content: bytes


class Bucket(NamedTuple):
    """The bucket."""

    name: str
    ours: bool
    """Whether its name is made up by `deploy`, which makes it where it is not there."""
    exists: bool


def artifact(content: bytes, *, what: str, name: str, stack: str) -> Artifact:
    """Name something by what is in it; `name` is that of a file, such as `authorizer.zip`."""
    stem, _, suffix = name.rpartition(".")
    digest = hashlib.sha256(content).hexdigest()
    return Artifact(what, f"{_PREFIX}/{stack}/{stem}-{digest}.{suffix}", content)


def find_bucket(aws: Aws, name: str | None) -> Bucket:
    """Return the bucket of that name, which must be there, or one that may have to be made. Raises DeployError."""
    if name is None:
        ours = f"{_PREFIX}-{aws.account}-{aws.region}"
        return Bucket(ours, ours=True, exists=_exists(aws, ours, owner=aws.account))
    if not _exists(aws, name, owner=None):
        raise DeployError(
            f"there is no bucket {name}; make it (aws s3 mb s3://{name} --region {aws.region}), or leave --bucket"
            " and [deploy] bucket away, and one is made"
        )
    return Bucket(name, ours=False, exists=True)


def make_bucket(aws: Aws, bucket: Bucket) -> None:
    """Make it, closed to the public; S3 encrypts what is in it. Raises DeployError."""
    where = {} if aws.region == "us-east-1" else {"LocationConstraint": aws.region}
    configuration = {"CreateBucketConfiguration": where} if where else {}
    with in_plain_words():
        try:
            aws.s3.create_bucket(Bucket=bucket.name, **configuration)
        except ClientError as error:
            if code_of(error) == "BucketAlreadyExists":
                raise DeployError(_of_others(bucket.name)) from None
            if code_of(error) != "BucketAlreadyOwnedByYou":  # made by another deployment just now
                raise
        aws.s3.put_public_access_block(
            Bucket=bucket.name,
            ExpectedBucketOwner=aws.account,
            PublicAccessBlockConfiguration=dict.fromkeys(
                ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
            ),
        )


def is_there(aws: Aws, bucket: Bucket, uploaded: Artifact) -> bool:
    """Say whether the bucket has it. Raises DeployError."""
    if not bucket.exists:
        return False
    with in_plain_words():
        try:
            aws.s3.head_object(Bucket=bucket.name, Key=uploaded.key, **_owner(aws, bucket))
        except ClientError as error:
            # Whoever may not list a bucket is told 403 for what is not there.
            if code_of(error) in _MISSING | _FORBIDDEN:
                return False
            raise
    return True


def upload(aws: Aws, bucket: Bucket, wanted: Artifact) -> None:
    """Upload it. Raises DeployError."""
    with in_plain_words():
        aws.s3.put_object(Bucket=bucket.name, Key=wanted.key, Body=wanted.content, **_owner(aws, bucket))


def url(aws: Aws, bucket: Bucket, uploaded: Artifact) -> str:
    """Return the address by which CloudFormation takes a template from the bucket."""
    if aws.endpoint_url is not None:
        return f"{aws.endpoint_url.rstrip('/')}/{bucket.name}/{uploaded.key}"
    return f"https://s3.{aws.region}.{aws.url_suffix}/{bucket.name}/{uploaded.key}"


def _exists(aws: Aws, name: str, *, owner: str | None) -> bool:
    """Say whether there is such a bucket, in this region and, if one is given, of that owner.

    The name of our own bucket can be guessed: somebody else may have taken it to get hold of the code. See
    "Verifying bucket ownership" in the guide of S3.
    """
    expected = {} if owner is None else {"ExpectedBucketOwner": owner}
    with in_plain_words():
        try:
            told = aws.s3.head_bucket(Bucket=name, **expected)
        except ClientError as error:
            if code_of(error) in _MISSING:
                return False
            if code_of(error) in _FORBIDDEN:
                raise DeployError(_of_others(name)) from None
            raise
    region = told.get("BucketRegion", aws.region)
    if region != aws.region:
        raise DeployError(
            f"the bucket {name} is in {region}, and Lambda takes code from its own region alone, {aws.region};"
            " name one there with --bucket"
        )
    return True


def _owner(aws: Aws, bucket: Bucket) -> dict[str, str]:
    return {"ExpectedBucketOwner": aws.account} if bucket.ours else {}


def _of_others(name: str) -> str:
    return (
        f"the bucket {name} is somebody else's, or you may not look into it (s3:ListBucket); name one of your own"
        " with --bucket or [deploy] bucket"
    )
