"""The project's own files, found by reading who imports whom."""

from pathlib import Path

import pytest

from apigw_oauth.deploy.packaging import local_modules
from apigw_oauth.deploy.packaging.package_error import PackageError


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("import beside", {"beside.py"}),
        ("import pack.one", {"pack/__init__.py", "pack/one.py"}),
        ("from pack import one", {"pack/__init__.py", "pack/one.py"}),
        ("from pack import name", {"pack/__init__.py"}),
        ("from pack.one import name as other", {"pack/__init__.py", "pack/one.py"}),
        ("from pack.two import name", {"pack/__init__.py", "pack/two.py", "pack/one.py"}),
        ("from loose import part", {"loose/part.py"}),
        ("def later():\n    import beside", {"beside.py"}),
        ("class A:\n    import beside", {"beside.py"}),
        ("try:\n    import beside\nexcept ImportError:\n    pass", {"beside.py"}),
        ("import importlib\nimportlib.import_module('beside')", {"beside.py"}),
        ("import importlib\nimportlib.import_module(f'pack.{name}')", {"pack/__init__.py"}),
        ("import importlib, pack\nimportlib.import_module('.one', 'pack')", {"pack/__init__.py", "pack/one.py"}),
        ("import importlib, pack\nimportlib.import_module('.one', package=pack.__name__)", {"pack/__init__.py"}),
        ("import pack.deep", {"pack/__init__.py", "pack/deep.py", "pack/one.py", "pack/two.py"}),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import beside", set()),
        ("import typing\nif typing.TYPE_CHECKING:\n    import beside\nelse:\n    import pack", {"pack/__init__.py"}),
        ("import json, os.path", set()),
        ("import itself", set()),
    ],
)  # fmt: skip
def test_what_an_import_brings_along(tmp_path: Path, statement: str, found: set[str]):
    for name, text in {
        "beside.py": "", "pack/__init__.py": "", "pack/one.py": "", "pack/two.py": "from . import one\nfrom .one import x\n",
        "pack/three.py": "", "pack/deep.py": "from importlib import import_module\nimport_module('.two', package=__package__)\n", "loose/part.py": "", "itself.py": statement,
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    reached = local_modules.reachable(tmp_path, ["itself.py"])
    assert reached.files.keys() == {"itself.py", *found}
    assert reached.others == {}


def test_what_is_nowhere_is_named_with_who_wants_it(tmp_path: Path):
    (tmp_path / "mine.py").write_text(
        "import requests.adapters\nimport boto3\nfrom numpy import array\nimport cryptography.x509\n"
    )
    reached = local_modules.reachable(tmp_path, ["mine.py"])
    assert reached.others == {"requests": "mine.py", "numpy": "mine.py"}
    assert reached.cryptography == ("cryptography.x509",)
    assert [warning.partition(", which")[0] for warning in reached.warnings("layers")] == [
        "mine.py: imports numpy",
        "mine.py: imports requests",
    ]


def test_a_path_has_one_spelling(tmp_path: Path):
    (tmp_path / "mine.py").write_text("import mine\n")
    assert local_modules.reachable(tmp_path, ["./mine.py"]).files.keys() == {"mine.py"}


def test_files_of_packages_bring_the_packages_along(tmp_path: Path):
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text("import beside\n")
    (tmp_path / "pack" / "one.py").write_text("")
    (tmp_path / "beside.py").write_text("")
    assert local_modules.reachable(tmp_path, ["pack/one.py"]).files.keys() == {
        "pack/__init__.py",
        "pack/one.py",
        "beside.py",
    }


def test_a_module_that_its_package_does_not_have_is_named_in_full(tmp_path: Path):
    (tmp_path / "pack" / "data").mkdir(parents=True)
    (tmp_path / "pack" / "__init__.py").write_text("")
    (tmp_path / "pack" / "one.py").write_text("from .consts import PREFIX\nfrom pack.data import part\n")
    assert local_modules.reachable(tmp_path, ["pack/one.py"]).others == {"pack.consts": "pack/one.py"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("mine.py", b"def :\n", "mine.py:1: is not Python"),
        ("mine.py", b"\0", "mine.py: is not Python"),
        ("lambda_function.py", b"", "lambda_function.py: has the name of a module that is part of every package"),
        ("secrets.py", b"", "secrets.py: would stand in the place of Python's own module secrets; call it otherwise"),
        ("json/mine.py", None, "json/mine.py: would stand in the place of Python's own module json; call it otherwise"),
        ("nowhere.py", None, "nowhere.py: No such file or directory; write it, or name another file"),
        ("../outside.py", b"", "outside.py: is outside of"),
        ("mine.py", b"from apigw_oauth.project import load_project\n", "mine.py: imports apigw_oauth.project, which does not run in Lambda"),
    ],
)  # fmt: skip
def test_mistakes_are_named(tmp_path: Path, name: str, text: bytes | None, message: str):
    directory = tmp_path / "project"
    directory.mkdir()
    if text is not None:
        (directory / name).write_bytes(text)
    with pytest.raises(PackageError) as raised:
        local_modules.reachable(directory, [name])
    assert message in str(raised.value)
