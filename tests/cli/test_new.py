"""apigw-oauth new."""

import json
from pathlib import Path

from apigw_oauth.project import load_project
from tests.serve_process import run

EXAMPLE = Path(__file__).parents[2] / "examples" / "mydemoresource"


def test_it_writes_a_project_that_is_right(tmp_path: Path):
    done = run("new", str(tmp_path / "api"))
    assert done.returncode == 0
    assert "apigw-oauth serve" in done.stdout
    assert load_project(tmp_path / "api").file.api.name == "mydemo"


def test_the_example_of_the_repository_is_what_it_writes(tmp_path: Path):
    run("new", str(tmp_path / "api"))
    written = {path.name: path.read_bytes() for path in (tmp_path / "api").iterdir() if path.is_file()}
    kept = {path.name: path.read_bytes() for path in EXAMPLE.iterdir() if path.is_file()}
    assert written == kept


def test_json_names_the_files(tmp_path: Path):
    done = run("new", str(tmp_path / "api"), "--json")
    said = json.loads(done.stdout)
    assert said["files"] == [".gitignore", "README.md", "apigw-oauth.toml", "functions.py"]


def test_nothing_is_overwritten(project: Path):
    before = (project / "apigw-oauth.toml").read_bytes()
    done = run("new", str(project))
    assert (done.returncode, done.stdout) == (2, "")
    assert "is not empty" in done.stderr
    assert (project / "apigw-oauth.toml").read_bytes() == before


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path):
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/nowhere")):
        done = run("new", str(place))
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


def test_an_empty_directory_may_be_there_already(tmp_path: Path):
    assert run("new", str(tmp_path)).returncode == 0
