"""Where `cryptography` comes from, and what is made of its wheels."""

import base64
import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from apigw_oauth.deploy.packaging import wheels
from apigw_oauth.deploy.packaging.package_error import PackageError
from apigw_oauth.deploy.packaging.zip_file import Packed
from apigw_oauth.deploy.target import Target

TARGET = Target("3.13", "arm64")
VERSIONS = wheels.versions()
FILES = {
    "cryptography": {"cryptography/__init__.py": b"", "cryptography/a.pyi": b"x", "cryptography/_rust.abi3.so": b"machine code" * 99},
    "cffi": {"_cffi_backend.so": b"machine code", "cffi/api.py": b"", "cffi/parse.h": b""},
}  # fmt: skip


def write_wheel(directory: Path, name: str, *, damage: Mapping[str, bytes] | None = None) -> Path:
    """A wheel with a RECORD; `damage` is what became of some files afterwards."""
    info = f"{name}-{VERSIONS[name]}.dist-info"
    files = {**FILES[name], f"{info}/METADATA": b"Name", f"{info}/WHEEL": b"", f"{info}/licenses/LICENSE": b"Free"}
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip('=')},\n"
        for path, content in files.items()
    )
    directory.mkdir(parents=True, exist_ok=True)
    tag = "cp311-abi3" if name == "cryptography" else "cp313-cp313"
    path = directory / f"{name}-{VERSIONS[name]}-{tag}-manylinux_2_17_aarch64.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir(f"{info}/licenses")
        for entry, content in {**files, **(damage or {}), f"{info}/RECORD": record.encode()}.items():
            archive.writestr(entry, content)
    return path


class FakePip:
    """Fetches wheels of our own making; counts how often."""

    def __init__(self) -> None:
        self.fetched: list[str] = []

    def __call__(self, distributions: Sequence[str], directory: Path, target: Target) -> None:
        self.fetched += distributions
        for distribution in distributions:
            write_wheel(directory, distribution.partition("==")[0])


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_they_are_fetched_once_and_it_is_told():
    pip, told = FakePip(), list[str]()
    for _ in range(2):
        found = wheels.libraries(TARGET, None, told.append, fetch=pip)
    assert pip.fetched == [f"cffi=={VERSIONS['cffi']}", f"cryptography=={VERSIONS['cryptography']}"]
    assert told == [f"fetching {' and '.join(pip.fetched)} for Python 3.13 on arm64"]
    assert found.versions == VERSIONS


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "cache").write_text("no directory")
    with pytest.raises(
        PackageError, match=r"cache.*: wheels cannot be kept there: Not a directory; set XDG_CACHE_HOME"
    ):
        wheels.libraries(TARGET, None, print, fetch=FakePip())


def test_what_is_used_in_lambda_goes_along_with_its_licences():
    files = wheels.libraries(TARGET, None, print, fetch=FakePip()).files
    kept = {name for name in files if ".dist-info/" not in name}
    assert kept == {"cryptography/__init__.py", "cryptography/_rust.abi3.so", "_cffi_backend.so"}
    assert {name.partition("/")[2] for name in files.keys() - kept} == {"METADATA", "licenses/LICENSE"}
    assert isinstance(files["cryptography/_rust.abi3.so"], Packed)


def test_a_directory_of_wheels_is_all_that_is_looked_at(tmp_path: Path):
    pip = FakePip()
    for name in VERSIONS:
        write_wheel(tmp_path / "wheels", name)
    assert wheels.libraries(TARGET, tmp_path / "wheels", print, fetch=pip).files
    assert pip.fetched == []


def test_what_a_directory_lacks_is_named_with_how_to_get_it(tmp_path: Path):
    write_wheel(tmp_path / "wheels", "cffi")
    with pytest.raises(PackageError) as raised:
        wheels.libraries(TARGET, tmp_path / "wheels", print)
    assert f"has no wheel of cryptography=={VERSIONS['cryptography']} for Python 3.13 on arm64" in str(
        raised.value
    )
    assert "`pip download --no-deps --only-binary=:all: --implementation cp --python-version 3.13 " in str(
        raised.value
    )
    with pytest.raises(PackageError, match="nowhere: is no directory; name one with wheels"):
        wheels.libraries(TARGET, Path("nowhere"), print)


@pytest.mark.parametrize("damage", [{"cryptography/__init__.py": b"evil"}, {"cryptography/more.py": b""}])
def test_a_wheel_that_is_not_as_its_record_says_is_refused(tmp_path: Path, damage: dict[str, bytes]):
    write_wheel(tmp_path, "cffi")
    write_wheel(tmp_path, "cryptography", damage=damage)
    with pytest.raises(PackageError, match=r"cryptography-.*\.whl: is damaged; delete it, and fetch it again"):
        wheels.libraries(TARGET, tmp_path, print)


def test_half_a_wheel_is_refused(tmp_path: Path):
    write_wheel(tmp_path, "cffi")
    path = write_wheel(tmp_path, "cryptography")
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(PackageError, match="is damaged"):
        wheels.libraries(TARGET, tmp_path, print)


@pytest.mark.parametrize(
    ("environ", "platform", "expected"),
    [
        ({"XDG_CACHE_HOME": "/c"}, "linux", "/c/apigw-oauth"),
        ({}, "linux", str(Path.home() / ".cache/apigw-oauth")),
        ({}, "darwin", str(Path.home() / "Library/Caches/apigw-oauth")),
        ({"LOCALAPPDATA": "/l"}, "win32", "/l/apigw-oauth/Cache"),
    ],
)  # fmt: skip
def test_where_wheels_are_kept(environ: dict[str, str], platform: str, expected: str):
    assert str(wheels.cache_directory(environ, platform)) == expected


def said_by_pip(error: str) -> wheels.RunPip:
    return lambda command: subprocess.CompletedProcess(command, 1, "", error)


def test_what_pip_says_is_passed_on(tmp_path: Path):
    run = said_by_pip("WARNING: x\nERROR: No matching distribution found for cffi==1\n")
    with pytest.raises(PackageError, match=r"^pip cannot fetch cffi==1 for Python 3\.13 on arm64: ERROR: No matching dist.*; mend what it says, or name a directory with wheels: --wheels DIR$"):  # fmt: skip
        wheels.download(["cffi==1"], tmp_path, TARGET, run=run)


def test_an_environment_without_pip_is_told_how_to_get_it(tmp_path: Path):
    with pytest.raises(PackageError, match="has no pip, which fetches wheels; install it"):
        wheels.download(["cffi==1"], tmp_path, TARGET, run=said_by_pip(f"{sys.executable}: No module named pip"))


def test_pip_is_asked_for_wheels_of_the_target_alone(tmp_path: Path):
    commands: list[Sequence[str]] = []

    def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    wheels.download(["cffi==1"], tmp_path, TARGET, run=run)
    (command,) = commands
    assert command[:4] == [sys.executable, "-m", "pip", "download"]
    assert command[-3:] == ["-d", str(tmp_path), "cffi==1"]
    assert "--only-binary=:all:" in command
    assert command[command.index("--platform") + 1] == "manylinux_2_34_aarch64"
