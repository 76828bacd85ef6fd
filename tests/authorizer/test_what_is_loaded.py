"""What a cold start loads: counted in modules, which do not flake as milliseconds do."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import apigw_oauth
from tests.authorizer.conftest import recorded
from tests.deploy.packaging.packages import INSTALLED, interpreter_of
from tests.scripted_server import ScriptedServer, answer

PACKAGE = Path(apigw_oauth.__file__).parent

TOO_DEAR = {
    "asyncio", "concurrent", "dataclasses", "doctest", "email", "http", "importlib.metadata", "inspect", "logging", "multiprocessing", "pdb",
    "sqlite3", "subprocess", "tomllib", "unittest", "urllib.request", "xml",
}  # fmt: skip

FOR_SECRETS = {f"apigw_oauth.authorizer.{name}" for name in ("rotation", "aws_secrets", "secrets_extension")}

SCRIPT = """
import json, sys
bare = set(sys.modules)
sys.path.insert(0, {directory!r})
from apigw_oauth.authorizer.lambda_handler import make_handler
handler = make_handler(json.loads({settings!r}), environ={environ!r}, directory={directory!r})
try:
    handler(json.loads({event!r}), None)
except Exception as error:
    assert str(error) == "authorization_server_unreachable", error
print(json.dumps(sorted(set(sys.modules) - bare)))
"""


def loaded(
    tmp_path: Path,
    *,
    secret: str = "s",
    environ: dict[str, str] | None = None,
    interpreter: str = sys.executable,
    **further: str,
) -> list[str]:
    """The modules that a bare interpreter loads for one decision, from a copy that holds the authorizer alone."""
    shutil.copytree(PACKAGE / "authorizer", tmp_path / "apigw_oauth" / "authorizer")
    shutil.copy(PACKAGE / "__init__.py", tmp_path / "apigw_oauth")
    verifier = {"type": "authlete", "base_url": "https://127.0.0.1:1", "api_key": "k", "api_secret": secret}
    settings = {
        "format": 1, "event": "request", "cache": "route", "refusals": "static-401", "context": ["sub"],
        "routes": [{"route": "POST /lambda-request", "any_of": [[]]}], "verifiers": [verifier],
        **further,
    }  # fmt: skip
    script = SCRIPT.format(
        directory=str(tmp_path), settings=json.dumps(settings), event=json.dumps(recorded("rest_request")),
        environ=environ or {},
    )  # fmt: skip
    done = subprocess.run([interpreter, "-I", "-S", "-c", script], capture_output=True, text=True, check=True)
    names: list[str] = json.loads(done.stdout.splitlines()[-1])
    return names


def test_the_authorizer_runs_alone_and_loads_only_what_it_has_a_use_for(tmp_path):
    names = loaded(tmp_path)
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names | {"apigw_oauth"}
    assert not TOO_DEAR & set(names)
    assert "apigw_oauth.authorizer.verifiers.authlete" in names
    assert not FOR_SECRETS & set(names)
    for unasked in ("decision_hook", "metrics", "own_code", "rotation", "sender_constraint", "stage_policy"):
        assert f"apigw_oauth.authorizer.{unasked}" not in names


def test_where_the_extension_answers_a_secret_costs_three_small_modules_and_no_sdk(tmp_path):
    with ScriptedServer(answer(b'{"SecretString": "s"}')) as extension:
        environ = {"AWS_SESSION_TOKEN": "t", "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT": str(extension.port)}
        names = loaded(tmp_path, secret="secretsmanager:as", environ=environ)
        assert len(extension.requests) == 1
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names | {"apigw_oauth"}
    assert not TOO_DEAR & set(names)
    assert set(names) >= FOR_SECRETS


@pytest.mark.parametrize("python", INSTALLED)
def test_a_hook_costs_itself_and_two_modules(tmp_path, python):
    (tmp_path / "telemetry.py").write_text("def on_decision(facts):\n    pass\n")
    names = loaded(tmp_path, interpreter=interpreter_of(python) or "", on_decision="telemetry.py:on_decision")
    others = {name.partition(".")[0] for name in names if not name.startswith("_")} - sys.stdlib_module_names
    assert others == {"apigw_oauth", "telemetry"}
    assert not TOO_DEAR & set(names)
    assert {"apigw_oauth.authorizer.decision_hook", "apigw_oauth.authorizer.own_code"} <= set(names)
