"""The runtime and processor that commands build for."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apigw_oauth.cli.options import WrongUsageError

if TYPE_CHECKING:
    from apigw_oauth.deploy.target import Target

ArchOption = Annotated[
    str, typer.Option("--arch", help="The processor of the function: arm64 or x86_64.", metavar="ARCH")
]
PythonOption = Annotated[
    str | None,
    typer.Option(
        "--python", help="The Python of the function: 3.11 to 3.14; the running one by default.", metavar="VERSION"
    ),
]
WheelsOption = Annotated[
    Path | None,
    typer.Option(
        "--wheels",
        help="Take wheels from this directory, and fetch nothing.",
        metavar="DIR",
        exists=True,
        file_okay=False,
    ),
]
DEFAULT_ARCH = "arm64"


def target_of(arch: str, python: str | None) -> "Target":
    """Return what the options name. Raises WrongUsageError."""
    from apigw_oauth.deploy.target import ARCHITECTURES, PYTHONS, Target

    wanted = python or "{}.{}".format(*sys.version_info)
    if wanted not in PYTHONS:
        raise WrongUsageError(
            f"--python: Lambda has no Python {wanted} for this; name one of {', '.join(PYTHONS)}"
        )
    for known in ARCHITECTURES:
        if arch == known:
            return Target(wanted, known)
    raise WrongUsageError(f"--arch: {arch} is not a processor of Lambda; name one of {', '.join(ARCHITECTURES)}")
