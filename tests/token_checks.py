"""docs/token-checks.md, made of the rules and of the tests that are marked with them.

`python -m tests.token_checks > docs/token-checks.md` writes it anew.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.token_rules import SECTIONS, Rule

ROOT = Path(__file__).parents[1]
HEAD = """# Token checks

What is checked before a request passes, what is answered where a check fails, and the tests that prove it. This page is
made by `make docs` of the marks in the tests (`@pytest.mark.rule`), so it cannot say what no test does.

The answers are those of a REST API with `refusals = "dynamic-401"`. A raised 401 has the fixed challenge of the gateway
response UNAUTHORIZED, an HTTP API answers 403 where this says 401, and API Gateway cannot say 400 at all.
"""


class Proof(NamedTuple):
    """A test, by its place and its name."""

    path: str
    name: str

    @property
    def sentence(self) -> str:
        """The name as words."""
        return self.name.removeprefix("test_").replace("_", " ")


def proofs() -> dict[str, list[Proof]]:
    """Return the tests of each rule, by the marks in all files of tests."""
    found: dict[str, list[Proof]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        place = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                for rule in dict.fromkeys(_marks(node)):
                    found.setdefault(rule, []).append(Proof(place, node.name))
    return found


def _marks(function: ast.FunctionDef) -> Iterator[str]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.rule":
            yield from (ast.literal_eval(argument) for argument in decorator.args)


def page() -> str:
    """Return the page."""
    found = proofs()
    tables = "\n".join(_table(title, rules, found) for title, rules in SECTIONS.items())
    tests = "\n".join(_tests(rule, found.get(rule, [])) for rules in SECTIONS.values() for rule in rules)
    return f"{HEAD}\n{tables}\n## Tests by rule\n\n{tests}"


def _table(title: str, rules: dict[str, Rule], found: dict[str, list[Proof]]) -> str:
    rows = [f"## {title}", "", "| rule | what is checked | where not | tests |", "|---|---|---|---|"]
    rows += [
        f"| {name} | {rule.checks} | {rule.answer} | [{len(found.get(name, []))}](#{name.lower()}) |"
        for name, rule in rules.items()
    ]
    return "\n".join([*rows, ""])


def _tests(rule: str, found: list[Proof]) -> str:
    lines = [f"* [{proof.sentence}](../{proof.path})" for proof in found]
    return "\n".join([f"### {rule}", "", *lines, ""])


if __name__ == "__main__":
    sys.stdout.write(page())
