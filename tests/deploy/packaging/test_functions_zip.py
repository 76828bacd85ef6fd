"""The functions behind the routes, as Lambda has them."""

import subprocess
import sys
import zipfile
from pathlib import Path

from apigw_oauth.cli.new import write_project
from apigw_oauth.deploy.packaging.functions_zip import build_functions
from apigw_oauth.project import load_project
from tests.deploy.packaging.packages import INTROSPECTION, host, names_in, project_of


def test_they_run_with_what_they_import_and_nothing_else(tmp_path: Path):
    write_project(tmp_path / "project")
    one = build_functions(load_project(tmp_path / "project"), output=tmp_path / "functions.zip", target=host())
    assert one is not None
    assert {name for name in names_in(one.path) if "__pycache__" not in name} == {
        "functions.py", "package.json", "apigw_oauth/__init__.py", "apigw_oauth/backend.py",
    }  # fmt: skip
    zipfile.ZipFile(one.path).extractall(tmp_path / "task")
    code = "import sys; sys.path[:0] = [sys.argv[1]]; import functions; functions.me({}, None)"
    command = [sys.executable, "-I", "-S", "-c", code, str(tmp_path / "task")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "NotAuthorizedError: the event carries nothing from the authorizer" in done.stderr


def test_a_project_without_functions_has_no_such_file(tmp_path: Path):
    assert build_functions(project_of(tmp_path, INTROSPECTION), output=tmp_path / "f.zip", target=host()) is None
    assert not (tmp_path / "f.zip").exists()
