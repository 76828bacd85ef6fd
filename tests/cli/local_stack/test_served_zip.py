"""Which packages run here, and what is said of those that do not."""

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.cli.local_stack import served_zip
from apigw_oauth.deploy.target import ARCHITECTURES
from apigw_oauth.project import load_project
from tests.deploy.packaging.packages import AUTHLETE, host, project_of
from tests.gateway.lambda_zip.zips import needs_runtime_client

SETTINGS = {"format": 1, "verifiers": []}
OTHER = next(name for name in ARCHITECTURES if name != host().architecture)


def zip_with(path: Path, about: Any = None, settings: Any = SETTINGS) -> Path:
    known = {"format": 1, "python": host().python, "arch": host().architecture} if about is None else about
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("package.json", json.dumps(known))
        archive.writestr("authorizer.json", json.dumps(settings))
    return path


def refusal(path: Path, packages: tuple[str, ...] | None = ()) -> str:
    with pytest.raises(SettingsError) as caught:
        served_zip.read(path, packages_of=lambda _executable: packages)
    return str(caught.value)


def mend(path: Path) -> str:
    return f"apigw-oauth package -o {path} --arch {host().architecture} --python {host().python}"


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        (
            {"python": "3.11", "arch": OTHER},
            f"is built for Python 3.11 on {OTHER}, and this machine runs {host()}",
        ),
        ({"python": "2.7", "arch": host().architecture}, "does not say what it is built for"),
        ({"python": "3.12", "arch": "mips"}, "does not say what it is built for"),
        ({"format": 2}, "is of another version of apigw-oauth"),
    ],
    ids=["processor", "Python", "unknown processor", "format"],
)
def test_a_package_for_something_else_is_refused_with_the_flags_for_one_that_runs(
    tmp_path: Path, about: dict[str, Any], reason: str
):
    path = zip_with(tmp_path / "a.zip", {"format": 1, **about})
    assert refusal(path) == f"--zip {path}: {reason}; build one that runs here: {mend(path)}"


def test_a_python_without_runtime_client_is_refused(tmp_path: Path):
    python = next(python for python in ("3.11", "3.12") if python != host().python)
    path = zip_with(tmp_path / "a.zip", {"format": 1, "python": python, "arch": host().architecture})
    said = refusal(path, packages=None)
    assert f"is built for Python {python}" in said
    assert "no interpreter with awslambdaric" in said
    assert mend(path) in said


@pytest.mark.skipif(sys.platform != "linux", reason="the runtime client is for Linux")
def test_without_the_runtime_client_it_is_said_how_to_install_it(tmp_path: Path):
    said = refusal(zip_with(tmp_path / "a.zip"), packages=None)
    assert f"{sys.executable} -m pip install 'apigw-oauth[zip]'" in said


@pytest.mark.parametrize("settings", [[], {}, {"format": 2, "verifiers": []}, {"format": 1, "verifiers": None}])
def test_settings_of_another_version_are_refused(tmp_path: Path, settings: Any):
    assert "is of another version" in refusal(zip_with(tmp_path / "a.zip", settings=settings))


def test_what_is_no_package_is_refused(tmp_path: Path):
    path = tmp_path / "a file.zip"
    assert f"there is no such file; build one that runs here: apigw-oauth package -o '{path}'" in refusal(path)
    assert "Is a directory" in refusal(tmp_path)
    path.write_bytes(b"PK")
    assert "is damaged, or no ZIP file" in refusal(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("lambda_function.py", "")
    assert "is no package of apigw-oauth" in refusal(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("package.json", "{")
    assert "is damaged" in refusal(path)


@needs_runtime_client
def test_a_package_that_runs_here_is_known_with_what_runs_it(tmp_path: Path):
    path = zip_with(tmp_path / "a.zip")
    found = served_zip.read(path)
    assert (found.path, found.target, found.settings) == (path, host(), SETTINGS)
    assert found.executable == sys.executable
    assert {"awslambdaric", "boto3"} <= {Path(package).name for package in found.packages}
    assert json.loads(json.dumps(found.document())) == {
        **found._asdict(), "path": str(path), "target": list(host()), "packages": list(found.packages)
    }  # fmt: skip


@needs_runtime_client
def test_another_interpreter_is_asked_what_it_has(tmp_path: Path):
    other = tmp_path / "python"
    other.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    other.chmod(0o755)
    assert served_zip.installed_packages(str(other)) == served_zip.installed_packages(sys.executable)
    other.write_text("#!/bin/sh\nexit 1\n")
    assert served_zip.installed_packages(str(other)) is None
    assert served_zip.installed_packages(str(tmp_path / "nothing")) is None


def test_what_the_project_has_changed_since_is_told_by_its_keys(tmp_path: Path):
    project = project_of(tmp_path, AUTHLETE)
    found = served_zip.ServedZip(tmp_path / "a.zip", host(), project.authorizer_settings(), sys.executable, ())
    assert found.differs_from(project) == []
    later = project_of(tmp_path, AUTHLETE, authorizer='cache = "token"', routes='"GET /new" = []')
    assert found.differs_from(later) == ["cache", "routes"]
    blind = 'cache = "token"\nsender_constrained = true'
    assert found.differs_from(project_of(tmp_path, AUTHLETE, authorizer=blind)) == []


def test_a_project_without_verifiers_is_compared_too(project: Path):
    loaded = load_project(project)
    settings = project_of(project.parent / "other", AUTHLETE).authorizer_settings()
    found = served_zip.ServedZip(project / "a.zip", host(), settings, sys.executable, ())
    assert "routes" in found.differs_from(loaded)
