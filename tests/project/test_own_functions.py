"""Functions that the project file names: found, without a line of them being run."""

from pathlib import Path

import pytest

from apigw_oauth.authorizer.errors import SettingsError
from tests.project.conftest import Load

TABLE = '[routes]\n"GET /x" = []\n[[verifiers]]\ntype = "authlete"\nbase_url = "https://a"\napi_key = "k"\napi_secret = "s"\n[authorizer]\n'
HOOK = f'{TABLE}on_decision = "telemetry.py:on_decision"\n'


@pytest.mark.parametrize(
    "text",
    [
        "raise SystemExit\ndef on_decision(facts): ...", "on_decision = print", "from elsewhere import on_decision",
        "import elsewhere as on_decision", "from elsewhere import *", "class on_decision: ...",
        "try:\n    from elsewhere import on_decision\nexcept ImportError:\n    def on_decision(facts): ...",
        "def on_decision(facts):\n    def names():\n        yield from facts\n    print(*names(), *(x for x in facts))",
    ],
)  # fmt: skip
def test_a_hook_is_compiled_and_not_run(load: Load, tmp_path: Path, text: str):
    (tmp_path / "telemetry.py").write_text(text)
    assert load(HOOK).authorizer_settings()["on_decision"] == "telemetry.py:on_decision"


def test_without_a_hook_the_settings_have_none(load: Load):
    assert "on_decision" not in load(TABLE).authorizer_settings()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "the file telemetry.py does not exist in"), ("x = 1", "telemetry.py has no function on_decision; define it there"),
        ("def f():\n    def on_decision(facts): ...", "has no function on_decision"), ("def", "telemetry.py is not Python, in line 1"),
        ("async def on_decision(facts): ...", "on_decision is async, and nobody would wait for it"), ("\0", "mend it"),
        ("def on_decision(facts):\n    for name in facts:\n        yield name", "on_decision has a yield"),
    ],
)  # fmt: skip
def test_a_hook_that_is_not_there_is_named_with_the_mend(load: Load, tmp_path: Path, text: str | None, told: str):
    if text is not None:
        (tmp_path / "telemetry.py").write_text(text)
    with pytest.raises(SettingsError) as caught:
        load(HOOK)
    assert str(caught.value).startswith(f"{tmp_path / 'apigw-oauth.toml'}: authorizer.on_decision: ")
    assert told in str(caught.value)


@pytest.mark.parametrize("reference", ["../telemetry.py:on_decision", "/telemetry.py:f", "a-b.py:f", ".py:f"])
def test_a_hook_is_in_the_directory_of_the_project_or_below(load: Load, reference: str):
    with pytest.raises(SettingsError, match=r"authorizer\.on_decision: "):
        load(HOOK.replace("telemetry.py:on_decision", reference))


def test_somebody_elses_authorizer_tells_no_hook(load: Load, tmp_path: Path):
    (tmp_path / "telemetry.py").write_text("def on_decision(facts): ...")
    with pytest.raises(SettingsError, match="tells it nothing; remove one of the two"):
        load(f'{HOOK}handler = "telemetry.py:on_decision"\n')
