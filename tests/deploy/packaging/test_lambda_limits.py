"""How near a package is to what Lambda takes."""

import pytest

from apigw_oauth.deploy.packaging import lambda_limits
from apigw_oauth.deploy.packaging.package_error import PackageError

MB = 1024 * 1024


@pytest.mark.parametrize(
    ("size", "unzipped", "said"),
    [
        (39, 199, []),
        (41, 60, ["41 MB are near the 50 MB of one upload"]),
        (51, 60, ["51 MB are more than the 50 MB of one upload: it has to go through S3"]),
        (5, 201, ["201 MB unzipped are near the 250 MB that Lambda takes, layers included"]),
    ],
)  # fmt: skip
def test_what_is_said(size: int, unzipped: int, said: list[str]):
    assert list(lambda_limits.warnings(size * MB, unzipped * MB)) == said


def test_what_lambda_never_takes_is_refused():
    with pytest.raises(PackageError, match="the package has 251 MB unzipped; Lambda takes 250 MB: import less"):
        list(lambda_limits.warnings(60 * MB, 251 * MB))
