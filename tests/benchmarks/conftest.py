"""What functions are made of, taken from what is installed with the tests: nothing asks a package index."""

import importlib.metadata
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from benchmarks.peer_environments import Libraries, NotInstallableError

from apigw_oauth.deploy.packaging import wheel_tags, wheels
from apigw_oauth.deploy.target import of_host
from apigw_oauth.gateway.lambda_zip import runtime_packages

Linked = Callable[[str, Iterable[Path]], Path]


@pytest.fixture(scope="session")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Linked:
    """Makes a directory of links to files and directories of site-packages."""

    def link(name: str, paths: Iterable[Path]) -> Path:
        directory = tmp_path_factory.mktemp(name)
        for path in paths:
            (directory / path.name).symlink_to(path)
        return directory

    return link


@pytest.fixture(scope="session")
def runtime(linked: Linked) -> Path:
    """The runtime client that is installed with the tests."""
    return linked("runtime", map(Path, runtime_packages.installed()))


@pytest.fixture(scope="session")
def offline(runtime: Path, linked: Linked) -> Libraries:
    """Finds the runtime client and `cryptography`, and nothing else."""
    tops = [file.parts[0] for name in wheels.NAMES for file in importlib.metadata.files(name) or ()]
    root = Path(str(importlib.metadata.distribution("cryptography").locate_file("")))
    used = {root / top for top in tops if top not in {"..", "__pycache__"}}
    found = {"runtime": runtime, "cryptography": linked("cryptography", used)}

    def find(name: str) -> Path:
        if name not in found:
            raise NotInstallableError("there is no network")
        return found[name]

    return find


@pytest.fixture(scope="session")
def wheel_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wheels of what is installed, by whose names Lambda can run them."""
    directory, target = tmp_path_factory.mktemp("wheels"), of_host()
    assert target is not None
    tag = f"cp{target.python.replace('.', '')}"
    for name, version in wheels.versions().items():
        path = directory / f"{name}-{version}-{tag}-{tag}-{wheel_tags.platforms(target)[-1]}.whl"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for file in importlib.metadata.files(name) or ():
                if file.parts[0] != ".." and "__pycache__" not in file.parts:
                    archive.write(str(file.locate()), str(file))
    return directory
