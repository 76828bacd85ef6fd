"""Which wheels Lambda can run. See https://packaging.python.org/en/latest/specifications/binary-distribution-format/.

Lambda's Python 3.11 runs on Amazon Linux 2, with glibc 2.26; the later ones run on Amazon Linux 2023, with 2.34.
See https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from apigw_oauth.deploy.target import Target

_MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
_GLIBC = {"3.11": 26}
_GLIBC_OF_THE_OTHERS = 34
_OLDEST_GLIBC = 17
_OLDER_NAME = 17
"""manylinux2014 is manylinux_2_17."""
_NAME = re.compile(r"(?P<name>[^-]+)-(?P<version>[^-]+)-(?P<python>[^-]+)-(?P<abi>[^-]+)-(?P<platform>[^-]+)\.whl")
_ABI3 = re.compile(r"cp3(\d+)")


class Wheel(NamedTuple):
    """A wheel file, and what its name says."""

    path: Path
    name: str
    version: str
    python: str
    abi: str
    platforms: tuple[str, ...]


def wheel(path: Path) -> Wheel | None:
    """Read the name of a wheel; None for other files."""
    match = _NAME.fullmatch(path.name)
    if match is None:
        return None
    name = match["name"].lower().replace("_", "-")
    return Wheel(path, name, match["version"], match["python"], match["abi"], tuple(match["platform"].split(".")))


def platforms(target: Target) -> list[str]:
    """Return the platforms whose wheels the target runs, the newest first."""
    machine, newest = _MACHINES[target.architecture], _GLIBC.get(target.python, _GLIBC_OF_THE_OTHERS)
    names = []
    for minor in range(newest, _OLDEST_GLIBC - 1, -1):
        names += [f"manylinux_2_{minor}_{machine}"]
        names += [f"manylinux2014_{machine}"] if minor == _OLDER_NAME else []
    return names


def best(wheels: Iterable[Wheel], name: str, version: str, target: Target) -> Wheel | None:
    """Return the wheel of a distribution that pip would choose for the target; None where there is none."""
    fitting = [one for one in wheels if (one.name, one.version) == (name, version)]
    ranked = [(rank, one.path.name, one) for one in fitting for rank in [_rank(one, target)] if rank is not None]
    return min(ranked)[2] if ranked else None


def _rank(one: Wheel, target: Target) -> tuple[int, int] | None:
    """Return how good a wheel is for the target, the best first; None if it does not run there."""
    minor, known = int(target.python.partition(".")[2]), platforms(target)
    usable = [known.index(platform) for platform in one.platforms if platform in known]
    ages = [minor - int(match[1]) for tag in one.python.split(".") for match in [_ABI3.fullmatch(tag)] if match]
    ages = [age for age in ages if age >= 0]
    if not usable or not ages:
        return None
    if min(ages) == 0 and f"cp3{minor}" in one.abi.split("."):
        return (-1, min(usable))
    return (min(ages), min(usable)) if "abi3" in one.abi.split(".") else None
