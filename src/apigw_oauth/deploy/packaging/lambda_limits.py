"""How large a function may be. See https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html."""

from collections.abc import Iterator

from apigw_oauth.deploy.packaging.package_error import PackageError

ZIPPED = 50 * 1024 * 1024
"""Bytes that can be uploaded at once; more go through S3."""
UNZIPPED = 250 * 1024 * 1024
"""Bytes of function and layers together."""
_NEAR = 0.8


def warnings(size: int, unzipped: int) -> Iterator[str]:
    """Say what is near the limits. Raises PackageError for what Lambda never takes."""
    if unzipped > UNZIPPED:
        raise PackageError(
            f"the package has {_megabytes(unzipped)} unzipped; Lambda takes {_megabytes(UNZIPPED)}: import less"
        )
    if unzipped > _NEAR * UNZIPPED:
        most = _megabytes(UNZIPPED)
        yield f"{_megabytes(unzipped)} unzipped are near the {most} that Lambda takes, layers included"
    if size > ZIPPED:
        yield f"{_megabytes(size)} are more than the {_megabytes(ZIPPED)} of one upload: it has to go through S3"
    elif size > _NEAR * ZIPPED:
        yield f"{_megabytes(size)} are near the {_megabytes(ZIPPED)} of one upload"


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.0f} MB"
