"""What somebody has asked `deploy` for."""

from pathlib import Path

import pytest

from apigw_oauth.cli.deploying.order import stack_name
from apigw_oauth.project import load_project


@pytest.mark.parametrize(
    ("api", "more", "name"),
    [
        ("mydemo", "", "mydemo"),
        ("My demo. v2", "", "My-demo-v2"),
        ("2nd", "", "api-2nd"),
        ("mydemo", '[deploy]\nstack = "mine"', "mine"),
    ],
)
def test_a_stack_is_named_like_the_api_as_far_as_stacks_can_be(tmp_path: Path, api: str, more: str, name: str):
    (tmp_path / "apigw-oauth.toml").write_text(f'[api]\nname = "{api}"\n[routes]\n"GET /a" = []\n{more}\n')
    assert stack_name(load_project(tmp_path)) == name
