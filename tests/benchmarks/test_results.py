"""`python -m benchmarks` measures all parts or some, and what it writes has a chapter for each."""

import os
import re
import shlex
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from benchmarks.__main__ import main
from benchmarks.part import Chart, Effort, Part, Section
from benchmarks.parts import PARTS
from benchmarks.results import merged
from benchmarks.summary import Spread

ROOT = Path(__file__).parents[2]
PAGE, RESULTS = ROOT / "docs" / "performance.md", ROOT / "benchmarks" / "results.md"


class Measured:
    """Parts that measure nothing, and keep how they were asked to."""

    def __init__(self) -> None:
        self.efforts: dict[str, list[Effort]] = {"one": [], "other": []}
        self.parts = [Part(name, f"about {name}", partial(self._run, name)) for name in self.efforts]

    def _run(self, name: str, effort: Effort) -> list[Section]:
        self.efforts[name].append(effort)
        chart = Chart(f"{name}-chart", f"Chart of {name}", "ms", (("apigw-oauth", Spread(1, 1, 1)),))
        return [Section(f"Title of {name}", f"run {len(self.efforts[name])} of {name}", (chart,))]


def test_all_parts_are_run_in_their_order_and_each_has_a_chapter_with_its_charts(tmp_path: Path):
    measured = Measured()
    main(["--output", str(tmp_path / "results.md"), "--runs", "2", "--batch", "7"], measured.parts)
    text = (tmp_path / "results.md").read_text()
    assert re.findall(r"^(?:## |<!-- part: )(.+?)(?: -->)?$", text, re.MULTILINE) == [
        "one", "Title of one", "other", "Title of other",
    ]  # fmt: skip
    assert measured.efforts == {"one": [Effort(2, 2, 7)], "other": [Effort(2, 2, 7)]}
    for link in re.findall(r"!\[.*?\]\((.*?)\)", text):
        assert ET.fromstring((tmp_path / link).read_text()).tag.endswith("svg")
    assert text.count("* Python: ") == 2


def test_a_part_that_is_run_by_name_leaves_the_chapters_of_others_as_they_were(tmp_path: Path):
    measured, output = Measured(), ["--output", str(tmp_path / "results.md")]
    main(output, measured.parts)
    before = (tmp_path / "results.md").read_text()
    main(["other", *output], measured.parts)
    after = (tmp_path / "results.md").read_text()
    assert len(measured.efforts["one"]) == 1
    assert "run 1 of one" in after
    assert "run 2 of other" in after
    assert before.partition("<!-- part: other")[0] == after.partition("<!-- part: other")[0]


@pytest.mark.parametrize("names", [["other", "one"], ["other,one"], ["one,", "other"]], ids=" ".join)
def test_several_parts_are_run_by_name_in_their_order(names: list[str], tmp_path: Path):
    run: list[str] = []

    def note(name: str, _effort: Effort) -> list[Section]:
        run.append(name)
        return []

    parts = [Part(name, "", partial(note, name)) for name in ("one", "another", "other")]
    main([*names, "--output", str(tmp_path / "results.md")], parts)
    assert run == ["one", "other"]


def test_ctrl_c_ends_in_a_sentence_and_leaves_nobody_behind(tmp_path: Path):
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks", "cached", "--output", str(tmp_path / "results.md")],
        cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        told = [process.stderr.readline() for _ in range(2)]  # the second one is of something that was started
        os.killpg(process.pid, signal.SIGINT)
        told += process.stderr.readlines()
    assert process.returncode == 130
    assert told[-1].startswith("stopped; ")
    assert not any("Traceback" in line for line in told)
    assert not (tmp_path / "results.md").exists()
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_a_chapter_of_a_part_that_is_no_more_goes():
    old = merged("", {"gone": "old", "stays": "kept"}, order=["gone", "stays"])
    assert merged(old, {}, order=["stays"]) == merged("", {"stays": "kept"}, order=["stays"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "there is no part nothing; there are: one, other"),
        (["one,nothing"], "there is no part nothing; there are: one, other"),
        (["--runs", "0"], "--runs and --batch"),
    ],
)
def test_what_cannot_be_measured_is_said_at_once(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
):
    measured = Measured()
    with pytest.raises(SystemExit) as exit_:
        main(arguments, measured.parts)
    assert exit_.value.code == 2
    assert message in capsys.readouterr().err
    assert not any(measured.efforts.values())


def test_the_page_tells_of_every_part_and_the_results_that_are_kept_have_it():
    told = re.findall(r"^\| `(.+?)` \|", PAGE.read_text(), re.MULTILINE)
    kept = re.findall(r"^<!-- part: (\S+) -->$", RESULTS.read_text(), re.MULTILINE)
    assert told == kept == [part.name for part in PARTS]


def test_the_commands_of_the_page_measure_what_they_say(tmp_path: Path):
    (block,) = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    run: list[tuple[str, int]] = []

    def note(name: str, effort: Effort) -> list[Section]:
        run.append((name, effort.runs))
        return [Section(name, "")]

    parts = [Part(part.name, part.about, partial(note, part.name)) for part in PARTS]
    outside_of_make = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    for line in block.splitlines():
        told = subprocess.run(
            [*shlex.split(line), "--dry-run", "--no-print-directory"],
            cwd=ROOT, env=outside_of_make, capture_output=True, text=True, check=True,
        )  # fmt: skip
        _, _, arguments = told.stdout.splitlines()[-1].partition(" -m benchmarks")
        main([*shlex.split(arguments), "--output", str(tmp_path / "results.md")], parts)
    usual = Effort().runs
    assert run == [*((part.name, usual) for part in PARTS), ("introspection", usual),
        ("jwt", usual), ("cached", usual), ("introspection", 100)]  # fmt: skip


def test_the_charts_that_are_kept_are_there():
    links = re.findall(r"!\[.*?\]\((.*?)\)", RESULTS.read_text())
    assert links
    assert all((RESULTS.parent / link).exists() for link in links)
