"""Changes of a project's files are noticed, each once, and none is lost."""

import os
import threading
from pathlib import Path

from apigw_oauth.cli.local_stack.watching import Watcher, directories_of
from apigw_oauth.project import load_project


def changed(directory: Path, change) -> bool:
    noticed = threading.Event()
    watcher = Watcher(frozenset({directory}), noticed.set)
    try:
        change()
        return noticed.wait(5)
    finally:
        watcher.stop()


def test_a_new_a_changed_and_a_deleted_file_are_noticed(tmp_path):
    file = tmp_path / "a.py"
    assert changed(tmp_path, lambda: file.write_text("1"))
    assert changed(tmp_path, lambda: file.write_text("22"))
    assert changed(tmp_path, lambda: os.utime(file, (1, 1)))
    assert changed(tmp_path, lambda: file.rename(tmp_path / "b.py"))
    assert changed(tmp_path, (tmp_path / "b.py").unlink)


def test_other_files_are_not(tmp_path):
    noticed = threading.Event()
    watcher = Watcher(frozenset({tmp_path}), noticed.set)
    (tmp_path / "a.txt").write_text("1")
    (tmp_path / "b.py~").write_text("1")
    (tmp_path / "c.py").write_text("1")  # the watcher has looked at all three when it tells of this one
    assert noticed.wait(5)
    noticed.clear()
    (tmp_path / "a.txt").write_text("22")
    assert not noticed.wait(1)
    watcher.stop()


def test_one_more_file_is_noticed_wherever_it_is_and_whatever_it_is_called(tmp_path):
    file, noticed = tmp_path / "elsewhere" / "package.zip", threading.Event()
    file.parent.mkdir()
    watcher = Watcher(frozenset(), noticed.set, file=file)
    file.write_text("1")
    assert noticed.wait(5)
    watcher.stop()


def test_a_directory_that_goes_away_ends_nothing(tmp_path):
    directory = tmp_path / "d"
    directory.mkdir()
    (directory / "a.py").touch()
    assert changed(directory, lambda: directory.rename(tmp_path / "e"))


def test_directories_are_those_of_the_named_files_and_of_packages_beside_them(project: Path):
    (project / "lib").mkdir()
    (project / "lib" / "__init__.py").touch()
    (project / "data").mkdir()
    (project / "other").mkdir()
    (project / "functions.py").rename(project / "other" / "functions.py")
    file = project / "apigw-oauth.toml"
    file.write_text(file.read_text().replace("functions.py:", "other/functions.py:"))
    assert directories_of(load_project(project)) == {project, project / "lib", project / "other"}


def test_the_directory_of_a_hook_is_looked_at_too(project: Path):
    (project / "seen").mkdir()
    (project / "seen" / "telemetry.py").write_text("def on_decision(facts): ...")
    file = project / "apigw-oauth.toml"
    key = 'on_decision = "seen/telemetry.py:on_decision"'
    file.write_text(file.read_text().replace("[authorizer]", f"[authorizer]\n{key}"))
    assert project / "seen" in directories_of(load_project(project))
