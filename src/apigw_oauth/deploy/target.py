"""Target: the Lambda runtime and processor that something is built for."""

import platform
import sys
from typing import Literal, NamedTuple, get_args

Architecture = Literal["arm64", "x86_64"]
"""As Lambda names processors."""

ARCHITECTURES: tuple[Architecture, ...] = get_args(Architecture)
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
"""The runtimes of Lambda that the authorizer is made for."""

_MACHINES: dict[str, Architecture] = {"aarch64": "arm64", "arm64": "arm64", "x86_64": "x86_64", "amd64": "x86_64"}


class Target(NamedTuple):
    """A Lambda runtime, such as Python 3.13 on arm64."""

    python: str
    """One of `PYTHONS`."""
    architecture: Architecture

    @property
    def runtime(self) -> str:
        """The runtime's name, such as `python3.13`."""
        return f"python{self.python}"

    def __str__(self) -> str:
        """Return it for people."""
        return f"Python {self.python} on {self.architecture}"


def of_host() -> Target | None:
    """Return what runs here; None for a processor or a Python that Lambda does not have."""
    architecture = _MACHINES.get(platform.machine().lower())
    python = "{}.{}".format(*sys.version_info)
    return Target(python, architecture) if architecture is not None and python in PYTHONS else None
