"""The account that is deployed to."""

import pytest

from apigw_oauth.deploy.shipping.aws import connect
from tests.deploy.shipping.fake_aws import fake_aws
from tests.ministack import Ministack


def test_it_is_asked_whose_the_credentials_are(ministack: Ministack, monkeypatch: pytest.MonkeyPatch):
    for name, value in ministack.environ.items():
        monkeypatch.setenv(name, value)
    aws = connect(region="eu-central-1")
    assert (aws.account, aws.region, aws.partition) == ("000000000000", "eu-central-1", "aws")
    assert (aws.endpoint_url, aws.is_here) == (ministack.endpoint_url, True)
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_REGION", "eu-south-2")
    assert connect().region == "eu-south-2"


@pytest.mark.parametrize(
    ("url", "is_here"),
    [
        (None, False),
        ("https://vpce-1.cloudformation.example.com", False),
        ("http://127.0.0.1:4566", True),
        ("http://localhost:4566", True),
        ("http://[::1]:4566", True),
    ],
)
def test_an_emulator_on_this_machine_is_known_by_its_address(url: str | None, is_here: bool):
    with fake_aws(endpoint_url=url) as fake:
        assert fake.aws.is_here == is_here


def test_hosts_of_other_partitions_have_other_names():
    with fake_aws() as fake:
        assert fake.aws.url_suffix == "amazonaws.com"
        assert fake.aws._replace(partition="aws-cn").url_suffix == "amazonaws.com.cn"
        assert fake.aws._replace(partition="aws-eusc").url_suffix == "amazonaws.eu"
