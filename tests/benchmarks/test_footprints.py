"""What functions take up is told beside what others take up, and the limit is not compared with."""

import io
import zipfile
from pathlib import Path

from benchmarks.footprints import Footprints
from benchmarks.function_process import Function
from benchmarks.part import OURS, Effort
from benchmarks.peer_environments import Libraries, NotInstallableError
from benchmarks.zip_files import sizes_of

from benchmarks import memory, zip_files
from tests.gateway.lambda_zip.zips import needs_runtime_client

TOLD = Footprints(
    slug="size", title="Size", about="It is large.", columns=("KB", "files"), charted=0, form="{:,.0f}", limit="limit",
    compared=(0, 1),
)  # fmt: skip
ROWS = {OURS: (1500, 30), "large": (3000, 20), "larger": (6000, 60), "limit": (3, 1)}
ONCE = Effort(1, 0, 1)


def test_there_is_a_row_for_each_and_ours_is_compared_with_the_next_one():
    section = TOLD.section(ROWS, {"other": "pip failed"}, further=["* to reach: more"])
    assert (
        "| apigw-oauth | 1,500 | 30 |\n| large | 3,000 | 20 |\n| larger | 6,000 | 60 |\n| limit | 3 | 1 |"
        in section.text
    )
    assert [line for line in section.text.splitlines() if line.startswith("* ")] == [
        "* to reach: fewest KB; measured: 0.50 × large, the next one, reached",
        "* to reach: fewest files; measured: 1.50 × large, the next one, **missed**",
        "* to reach: more",
    ]
    assert "Missing: other (pip failed)." in section.text
    (chart,) = section.charts
    assert [(name, spread.median) for name, spread in chart.bars] == [(name, row[0]) for name, row in ROWS.items()]
    assert chart.limit == "limit"


def test_who_is_alone_is_compared_with_nobody():
    assert TOLD.reached({OURS: (1, 1), "limit": (1, 1)}) == []


def test_a_directory_is_zipped_with_and_without_its_bytecode(tmp_path: Path):
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "a.py").write_text("a = 1\n" * 1000)
    (tmp_path / "__pycache__" / "a.cpython-311.pyc").write_bytes(bytes(range(250)) * 4)
    sizes = sizes_of(Function(tmp_path, tmp_path, {}))
    assert (sizes.files, sizes.unpacked) == (2, 7.0)
    assert sizes.zipped == zipped(tmp_path, "a.py", "__pycache__/a.cpython-311.pyc") / 1000
    assert sizes.without_bytecode == zipped(tmp_path, "a.py") / 1000


def zipped(directory: Path, *names: str) -> int:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in names:
            archive.writestr(name, (directory / name).read_bytes())
    return len(written.getvalue())


def test_a_package_is_as_large_as_its_file(tmp_path: Path):
    archive, task = tmp_path / "function.zip", tmp_path / "task"
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("a.pyc", b"1" * 5000)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(task)
    sizes = sizes_of(Function(task, tmp_path, {}, archive=archive))
    assert sizes.zipped == archive.stat().st_size / 1000 > 5
    assert sizes.without_bytecode == sizes.zipped  # it stands in the place of its source


@needs_runtime_client
def test_zip_files_and_memory_are_measured(offline: Libraries, wheel_directory: Path):
    zips = zip_files.of_jwt(offline, wheels=wheel_directory)
    peaks = memory.of_introspection(offline, (2, 3))
    assert [zips.title, peaks.title] == ["ZIP, JWT", "Memory, introspection"]
    for section in (zips, peaks):
        ours, limit = section.charts[0].bars
        assert (ours[0], limit[0]) == (OURS, section.charts[0].limit)
        assert min(ours[1].median, limit[1].median) > 0
        assert section.text.count("(there is no network).") == 3
    assert "bounded, after 3 tokens ≤ 1.02 × after 2; measured: 1.0" in peaks.text


def test_without_the_runtime_client_nothing_is_measured(wheel_directory: Path):
    def nothing(name: str) -> Path:
        raise NotInstallableError(f"pip has no {name}")

    sections = [
        *zip_files.sections(ONCE, nothing, wheels=wheel_directory),
        *memory.sections(ONCE, nothing, wheels=wheel_directory, counts=(1, 2)),
    ]
    assert {section.text for section in sections} == {"Not measured: pip has no runtime."}
