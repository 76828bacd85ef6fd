"""Which wheels a runtime of Lambda takes, and which is the best of them."""

from pathlib import Path

import pytest

from apigw_oauth.deploy.packaging import wheel_tags
from apigw_oauth.deploy.packaging.wheel_tags import Wheel
from apigw_oauth.deploy.target import Target

OLD, NEW = Target("3.11", "x86_64"), Target("3.13", "x86_64")


def wheels(*tags: str) -> list[Wheel]:
    found = [wheel_tags.wheel(Path(f"cryptography-50.0.2-{tag}.whl")) for tag in tags]
    return [one for one in found if one is not None]


def best(target: Target, *tags: str) -> str | None:
    found = wheel_tags.best(wheels(*tags), "cryptography", "50.0.2", target)
    return found.path.name.removeprefix("cryptography-50.0.2-").removesuffix(".whl") if found else None


@pytest.mark.parametrize(
    ("target", "tag", "fits"),
    [
        (NEW, "cp311-abi3-manylinux_2_34_x86_64", True),
        (OLD, "cp311-abi3-manylinux_2_34_x86_64", False),  # Amazon Linux 2 has glibc 2.26
        (OLD, "cp311-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64", True),
        (OLD, "cp39-abi3-manylinux_2_26_x86_64", True),
        (OLD, "cp312-abi3-manylinux_2_17_x86_64", False),
        (NEW, "cp313-cp313-manylinux_2_17_x86_64", True),
        (NEW, "cp312-cp312-manylinux_2_17_x86_64", False),
        (NEW, "cp313-cp313t-manylinux_2_17_x86_64", False),
        (NEW, "cp311-abi3-musllinux_1_2_x86_64", False),
        (NEW, "cp311-abi3-manylinux_2_34_aarch64", False),
        (Target("3.13", "arm64"), "cp311-abi3-manylinux_2_34_aarch64", True),
        (NEW, "cp311-abi3-macosx_10_12_universal2", False),
        (NEW, "pp311-pypy311_pp73-manylinux_2_34_x86_64", False),
    ],
)  # fmt: skip
def test_what_fits(target: Target, tag: str, fits: bool):
    assert (best(target, tag) == tag) == fits


def test_the_best_is_made_for_this_python_then_for_the_nearest_then_for_the_newest_glibc():
    ranked = [
        "cp313-cp313-manylinux_2_34_x86_64",
        "cp313-cp313-manylinux2014_x86_64.manylinux_2_17_x86_64",
        "cp313-abi3-manylinux_2_34_x86_64",
        "cp311-abi3-manylinux_2_34_x86_64",
        "cp311-abi3-manylinux_2_28_x86_64",
        "cp311-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64",
    ]
    while ranked:
        assert best(NEW, *reversed(ranked)) == ranked.pop(0)


def test_another_version_or_name_is_another_matter():
    (one,) = wheels("cp311-abi3-manylinux_2_34_x86_64")
    assert wheel_tags.best([one], "cryptography", "50.0.1", NEW) is None
    assert wheel_tags.best([one], "cffi", "50.0.2", NEW) is None


def test_other_files_are_no_wheels():
    assert wheel_tags.wheel(Path("cryptography-50.0.2.tar.gz")) is None


def test_platforms_are_named_as_pip_knows_them_the_newest_first():
    names = wheel_tags.platforms(Target("3.11", "arm64"))
    assert names[0] == "manylinux_2_26_aarch64"
    assert names[-2:] == ["manylinux_2_17_aarch64", "manylinux2014_aarch64"]
    assert wheel_tags.platforms(Target("3.14", "arm64"))[0] == "manylinux_2_34_aarch64"
