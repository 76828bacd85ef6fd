import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from apigw_oauth.gateway.function_loader import load_handler


@pytest.fixture(autouse=True)
def clean_imports() -> Iterator[None]:
    modules, path = dict(sys.modules), list(sys.path)
    yield
    sys.modules.clear()
    sys.modules.update(modules)
    sys.path[:] = path


def project(directory: Path, **files: str) -> Path:
    directory.mkdir(exist_ok=True)
    for name, text in files.items():
        (directory / f"{name}.py").write_text(text)
    return directory


def call(directory: Path, file: str = "functions.py", name: str = "hello") -> object:
    return load_handler(Path(file), name, directory)({}, None)


def test_two_directories_with_equal_module_names_do_not_meet(tmp_path: Path) -> None:
    source = "import helper\ndef hello(event, context):\n    return helper.NAME\n"
    first = project(tmp_path / "a", functions=source, helper="NAME = 'a'")
    second = project(tmp_path / "b", functions=source, helper="NAME = 'b'")
    handlers = [load_handler(Path("functions.py"), "hello", directory) for directory in (first, second)]
    assert [handler({}, None) for handler in handlers] == ["a", "b"]


def test_every_cold_start_has_modules_of_its_own_and_reads_changes(tmp_path: Path) -> None:
    source = "import helper\ndef hello(event, context):\n    helper.COUNT += 1\n    return helper.COUNT\n"
    directory = project(tmp_path / "a", functions=source, helper="COUNT = 0")
    assert [call(directory), call(directory)] == [1, 1]
    project(directory, helper="COUNT = 9")
    assert call(directory) == 10


def test_an_import_inside_a_function_finds_the_same_directory(tmp_path: Path) -> None:
    source = "def hello(event, context):\n    import late_helper_of_test\n    return late_helper_of_test.NAME\n"
    assert call(project(tmp_path / "a", functions=source, late_helper_of_test="NAME = 1")) == 1


def test_a_file_may_be_called_like_a_module_of_the_gateway(tmp_path: Path) -> None:
    import json

    directory = project(tmp_path / "a", json="def hello(event, context):\n    return __name__\n")
    assert call(directory, "json.py") == "_lambda_function_json"
    assert sys.modules["json"] is json


def test_a_file_in_a_folder_and_one_with_a_dash(tmp_path: Path) -> None:
    source = (
        "from dataclasses import dataclass\n@dataclass\nclass A:\n    b: int = 1\n"
        "def hello(event, context):\n    return A().b\n"
    )
    project(tmp_path / "sub", functions=source)
    project(tmp_path, **{"my-functions": source})
    assert call(tmp_path, "sub/functions.py") == 1
    assert call(tmp_path, "my-functions.py") == 1


def test_nothing_is_written_beside_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    directory = project(tmp_path / "a", functions="import helper\ndef hello(event, context): pass\n", helper="")
    call(directory)
    assert sorted(path.name for path in directory.iterdir()) == ["functions.py", "helper.py"]
    assert not sys.dont_write_bytecode


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "Handler 'hello' missing on module 'functions'"),
        ("hello = 1", "Handler 'hello' missing"),
        ("import nowhere_to_be_found", "nowhere_to_be_found"),
    ],
)
def test_what_cannot_be_loaded_is_an_import_error(tmp_path: Path, source: str, message: str) -> None:
    with pytest.raises(ImportError, match=message):
        call(project(tmp_path / "a", functions=source))
    assert "functions" not in sys.modules or source != "import nowhere_to_be_found"


def test_a_missing_file_is_an_import_error(tmp_path: Path) -> None:
    with pytest.raises(ImportError, match=r"there is no file functions\.py"):
        call(tmp_path)
