"""What docs/try.md says is true."""

import os
import re
import subprocess
import sys
from pathlib import Path

from apigw_oauth.cli.new import write_project
from tests.cli.trying.attempts import TOKEN, attempt
from tests.serve_process import FREE, ServeProcess

PAGE = (Path(__file__).parents[3] / "docs" / "try.md").read_text()
SESSION = re.findall(r"^```sh\n(.*?)^```\n+```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)

# What no two runs have in common. The lengths stay, so that lines break at the same places.
VARYING = {
    r"127\.0\.0\.1:\d+(?=,)": "127.0.0.1:PORT",
    r"Bearer \S{6}…": "Bearer TOKEN…",
    r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}": "TRACE",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ": "DATE",
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC": "TIME",
    r"exp = \d+": "exp = SECONDS",
}


def without_what_varies(text: str) -> str:
    for pattern, name in VARYING.items():
        text = re.sub(pattern, name, text)
    return text


def test_the_session_is_what_happens(tmp_path: Path):
    project = tmp_path / "mydemo"
    write_project(project)
    server = ServeProcess(project, *FREE)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    try:
        for command, promised in SESSION:
            done = subprocess.run(
                ["bash", "-c", command], cwd=project, env={**os.environ, "PATH": path, "COLUMNS": ""}, capture_output=True, text=True,
                check=False, timeout=60,
            )  # fmt: skip
            assert done.stderr == ""
            assert without_what_varies(done.stdout) == without_what_varies(promised)
    finally:
        server.stop()


def test_the_session_has_its_three_acts():
    assert len(SESSION) == PAGE.count("```sh\n") == 3
    assert without_what_varies(PAGE) != PAGE


def test_every_member_of_the_document_is_in_the_table(pets: Path):
    table = PAGE.partition("## The JSON document")[2]
    told = attempt(pets, "GET", "/pets/7", token=TOKEN)
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(told)
    for member in ("answer", "token", "after_the_end", "request", "route"):
        row = next(line for line in table.splitlines() if line.startswith(f"| `{member}`"))
        assert {name for name in told[member] if f"`{name}`" not in row} == set()
