"""A project file to load."""

from collections.abc import Callable
from pathlib import Path

import pytest

from apigw_oauth.project import Project, load_project

Load = Callable[[str], Project]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    (tmp_path / "functions.py").touch()

    def load(text: str) -> Project:
        (tmp_path / "apigw-oauth.toml").write_text(text)
        return load_project(tmp_path)

    return load
