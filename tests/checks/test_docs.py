"""docs/checks.md has a section for each code, and its examples show what they are examples of."""

import re
from pathlib import Path

import pytest

from apigw_oauth.checks.rules import Rule
from apigw_oauth.cli.check import findings_of
from apigw_oauth.project import load_project
from tests.checks.checking import VERIFIER
from tests.serve_process import run

PAGE = (Path(__file__).parents[2] / "docs" / "checks.md").read_text()
SECTIONS = dict(re.findall(r"^### `([\w-]+)`\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_every_code_has_a_section_and_nothing_else_has():
    assert sorted(SECTIONS) == sorted(rule.code for rule in Rule)


@pytest.mark.parametrize("rule", list(Rule), ids=lambda rule: rule.code)
def test_a_section_says_what_why_and_what_to_do(rule: Rule):
    section = SECTIONS[rule.code]
    assert section.startswith(f"\n*{rule.severity}*: {rule.title}.\n\n")
    why = re.sub(r"^```.*?^```", "", section, flags=re.MULTILINE | re.DOTALL).partition("\nMend: ")[0]
    assert len(why.split()) > 20
    assert len(re.findall(r"^Mend: .", section, re.MULTILINE)) == 1
    assert blocks(section, "toml") or blocks(section, "text")


@pytest.mark.parametrize("code", [code for code, section in SECTIONS.items() if blocks(section, "toml")])
def test_an_example_shows_the_finding(tmp_path: Path, code: str):
    (example,) = blocks(SECTIONS[code], "toml")
    (tmp_path / "apigw-oauth.toml").write_text(example + ("" if "verifiers" in example else VERIFIER))
    (tmp_path / "functions.py").touch()
    for document in blocks(SECTIONS[code], "yaml"):
        (tmp_path / "openapi.yaml").write_text(document)
    assert code in {finding.code for finding in findings_of(load_project(tmp_path))}


def test_the_command_of_the_page_is_one(project: Path, monkeypatch: pytest.MonkeyPatch):
    project.rename(project.parent / "mydemo")
    monkeypatch.chdir(project.parent)
    (line,) = blocks(PAGE, "sh")
    name, *arguments = line.split()
    assert name == "apigw-oauth"
    assert run(*arguments).returncode == 0
