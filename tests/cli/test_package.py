"""apigw-oauth package: equal files from equal inputs, what it says, and how it ends."""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from apigw_oauth.cli.options import WrongUsageError
from apigw_oauth.cli.package import package
from tests.deploy.packaging.packages import JWT, host, project_of
from tests.serve_process import COMMAND, run

PAGE = Path(__file__).parents[2] / "docs" / "deploy.md"
SECTION = PAGE.read_text().partition("\n## The package\n")[2].partition("\n## ")[0]
HOST = host()
BUILD = ["--arch", HOST.architecture, "--python", HOST.python]


def packaged(
    *arguments: str, cwd: Path, umask: int = 0o022, environ: Mapping[str, str] | None = None
) -> dict[str, Any]:
    done = subprocess.run(
        [*COMMAND, "package", "--json", *BUILD, *arguments],
        cwd=cwd, umask=umask, env={**os.environ, **(environ or {})}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "pip cannot fetch" in done.stderr:
        pytest.skip(done.stderr)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_two_directories_make_the_same_file(tmp_path: Path):
    one, other = tmp_path / "one", tmp_path / "somewhere" / "else" / "other"
    (tmp_path / "somewhere" / "else").mkdir(parents=True)
    one.mkdir()
    (one / "jwks.json").write_text("{}")
    (one / "mine.py").write_text("import beside\n")
    project_of(one, {**JWT, "jwks": "file:jwks.json"}, {"type": "mine:Mine"})
    (one / "beside.py").write_text("NAMES = {'a', 'b', 'c'}\n")
    shutil.copytree(one, other, copy_function=shutil.copyfile)
    (other / "mine.py").chmod(0o700)
    first = packaged(cwd=one)
    second = packaged(
        "--project", "other", "-o", "x.zip", cwd=other.parent, umask=0o077, environ={"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"}
    )  # fmt: skip
    assert first["sha256"] == second["sha256"]
    content = (one / "authorizer.zip").read_bytes()
    assert content == (other.parent / "x.zip").read_bytes()
    assert first["sha256"] == hashlib.sha256(content).hexdigest()
    assert base64.b64decode(first["code_sha256"]).hex() == first["sha256"]
    assert first["functions"] is None
    assert (first["python"], first["arch"], first["warnings"]) == (HOST.python, HOST.architecture, [])


def test_the_page_shows_the_summary_and_progress_is_beside(project: Path):
    command, shown = (
        re.search(rf"^```{kind}\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL) for kind in ("sh", "text")
    )
    assert command is not None
    assert shown is not None
    name, *arguments = command[1].split()
    assert name == "apigw-oauth"
    done = run(*arguments, cwd=project)
    assert done.returncode == 0, done.stderr
    assert shape(done.stdout) == shape(shown[1])
    assert [line for line in done.stderr.splitlines() if "warning" not in line] == [
        "compiling for Python 3.13 …"
    ] * 2
    content = (project / "authorizer.zip").read_bytes()
    assert f"  SHA-256      {hashlib.sha256(content).hexdigest()}\n" in done.stdout
    assert f"  CodeSha256   {base64.b64encode(hashlib.sha256(content).digest()).decode()}  (" in done.stdout
    assert "functions.py" in zipfile.ZipFile(project / "functions.zip").namelist()


def shape(summary: str) -> str:
    """The summary without the numbers that change with every line of code."""
    return re.sub(r"[A-Za-z0-9+/]{43}=|[0-9a-f]{64}|\b[\d,]+(?= KB| files)", "N", summary)


def test_a_secret_ends_with_2_and_is_not_told(project: Path):
    with_secret(project)
    done = run("package", "--project", str(project), "-o", str(project / "a.zip"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "verifiers[0].api_secret: is written out" in done.stderr
    assert "geheim" not in done.stderr
    assert not (project / "a.zip").exists()


def with_secret(project: Path) -> None:
    file = project / "apigw-oauth.toml"
    text = file.read_text()
    line = next(line for line in text.splitlines() if line.startswith("api_secret"))
    file.write_text(text.replace(line, 'api_secret = "geheim-to-look-for"'))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"arch": "mips"}, "--arch: mips is not a processor of Lambda; name one of arm64, x86_64"),
        ({"python": "3.10"}, "--python: Lambda has no Python 3.10 for this; name one of 3.11, 3.12, 3.13, 3.14"),
        ({"output": Path("functions.zip")}, "--output: functions.zip is for the functions behind the routes"),
        ({"project": Path("nowhere")}, "nowhere: there is no such file; `apigw-oauth new DIR` writes one"),
        ({"output": Path("/nowhere/a.zip")}, "--output: there is no directory /nowhere; make it"),
    ],
)
def test_wrong_usage_is_named(project: Path, options: dict[str, Any], message: str):
    with pytest.raises(WrongUsageError, match=re.escape(message)):
        package(**{"project": project, "output": project / "a.zip", **options})


def test_wheels_that_are_not_there_are_named_with_how_to_get_them(tmp_path: Path):
    project_of(tmp_path, JWT)
    with pytest.raises(WrongUsageError, match=r"has no wheel of .*; get it with `pip download --no-deps"):
        package(project=tmp_path, wheels=tmp_path, output=tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--output", "nowhere/authorizer.zip"], "there is no directory nowhere; make it, or name another file"),
        (["--wheels", "nowhere"], "'nowhere' does not exist"),
    ],
)
def test_a_directory_that_is_not_there_is_told_before_anything_is_built(
    project: Path, options: list[str], words: str
):
    done = run("package", "--project", ".", *options, cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "compiling" not in done.stderr
