"""The AWS account that is deployed to: where it is, who asks, and the clients of its services.

Credentials, region and endpoints are found as boto3 finds them: see "Credentials" and "Configuration" in its
guide. Where that gives no region, AWS_REGION does.
"""

import os
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.loaders import create_loader

from apigw_oauth import __version__
from apigw_oauth.deploy.shipping.aws_errors import NO_REGION, in_plain_words
from apigw_oauth.deploy.shipping.deploy_error import DeployError

_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1", "localhost.localstack.cloud"})
_CONNECT_TIMEOUT = 10
"""Seconds."""


class Aws(NamedTuple):
    """An account in a region. Clients are those of boto3, which has no types."""

    account: str
    region: str
    partition: str
    endpoint_url: str | None
    """Of an emulator, or None."""
    cloudformation: Any
    s3: Any
    client: Callable[[str], Any]
    """Makes the client of another service, by its name."""

    @property
    def url_suffix(self) -> str:
        """What names of hosts end with."""
        return _suffixes()[self.partition][0]

    @property
    def is_here(self) -> bool:
        """Whether it is an emulator on this machine, whose functions can reach what listens on loopback here."""
        return _is_here(self.endpoint_url)


def connect(*, profile: str | None = None, region: str | None = None, endpoint_url: str | None = None) -> Aws:
    """Find credentials and region, and ask whose they are. Raises DeployError."""
    try:
        with in_plain_words():
            return _connected(_session(profile, region), endpoint_url)
    except ValueError as error:  # boto3 has no error of its own for an address that is none
        raise DeployError(f"{error}; --endpoint-url is like http://127.0.0.1:4566") from None


def _session(profile: str | None, region: str | None) -> Any:
    session = boto3.Session(profile_name=profile, region_name=region)
    if session.region_name is None:  # boto3 does not look at this variable, and all others do
        return boto3.Session(profile_name=profile, region_name=os.environ.get("AWS_REGION"))
    return session


def _connected(session: Any, endpoint_url: str | None) -> Aws:
    if session.region_name is None:
        raise DeployError(NO_REGION)
    config = Config(connect_timeout=_CONNECT_TIMEOUT, user_agent_extra=f"apigw-oauth/{__version__}")
    cloudformation = session.client("cloudformation", endpoint_url=endpoint_url, config=config)
    told = cloudformation.meta.endpoint_url
    if _is_here(told):  # no bucket has a host name of its own here
        config = config.merge(Config(s3={"addressing_style": "path"}))
    s3 = session.client("s3", endpoint_url=endpoint_url, config=config)
    identity = session.client("sts", endpoint_url=endpoint_url, config=config).get_caller_identity()
    return Aws(
        account=identity["Account"],
        region=session.region_name,
        partition=identity["Arn"].split(":")[1],
        endpoint_url=None if _is_amazons(told) else told,
        cloudformation=cloudformation,
        s3=s3,
        client=partial(session.client, endpoint_url=endpoint_url, config=config),
    )


def _is_here(url: str | None) -> bool:
    return url is not None and urlsplit(url).hostname in _THIS_MACHINE


def _is_amazons(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return any(host.endswith(f".{suffix}") for both in _suffixes().values() for suffix in both)


@cache
def _suffixes() -> Mapping[str, tuple[str, str]]:
    """Return what names of hosts end with, with IPv4 and with IPv6 too, by partition: as boto3 knows them."""
    told = create_loader().load_data("partitions")["partitions"]
    return {one["id"]: (one["outputs"]["dnsSuffix"], one["outputs"]["dualStackDnsSuffix"]) for one in told}
