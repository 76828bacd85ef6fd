"""What a packaged authorizer is told when it runs here: by its own function, which answers with its environment."""

import io
import json
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.cli.local_stack.local_verifier import environment
from apigw_oauth.cli.local_stack.zip_authorizer import zip_authorizer
from apigw_oauth.gateway.lambda_runtime import FunctionError
from tests.deploy.packaging.packages import AUTHLETE, host, project_of
from tests.gateway.lambda_zip.zips import needs_runtime_client, runtime, wait_until, zip_of

pytestmark = needs_runtime_client

LOCAL = {
    "base_url": "http://127.0.0.1:1", "api_key": "1", "api_secret": "2", "service_id": "3", "service_access_token": "4",
}  # fmt: skip
GATEWAY = "http://127.0.0.1:8080/dev"
SOURCE = """
import json, os
def handler(event, context):
    print(event.get("print", ""))
    path = os.environ.get("APIGW_OAUTH_SETTINGS")
    directory = path and os.path.dirname(path)
    return {
        "environ": dict(os.environ), "settings": path and json.load(open(path)), "mode": path and os.stat(directory).st_mode,
        "files": path and sorted(os.listdir(directory)),
    }
"""

Run = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run the function once; by its name alone nothing of this process is to be in its environment."""
    for name in (
        "AWS_PROFILE",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "APIGW_OAUTH_METRICS",
        "APIGW_OAUTH_LOG_LEVEL",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of the host")
    path, project = zip_of(tmp_path / "a.zip", lambda_function=SOURCE), project_of(tmp_path / "project", AUTHLETE)
    logged: list[dict[str, Any]] = []
    with ExitStack() as at_end:

        def once(
            *,
            local: Mapping[str, str] | None = LOCAL,
            gateway_url: str = GATEWAY,
            printed: str = "",
            **verifier: str,
        ) -> Any:
            settings = {**project.authorizer_settings(), "verifiers": [{**AUTHLETE, **verifier}]}
            package = {
                "path": str(path), "target": list(host()), "settings": settings, "executable": sys.executable,
                "packages": list(map(str, runtime().packages)),
            }  # fmt: skip
            made = zip_authorizer(package, project, local=local, gateway_url=gateway_url, log=logged.append)
            function = at_end.enter_context(made)
            answer = function.invoke({"print": printed})
            assert isinstance(answer, dict)
            return {**answer, "logged": logged}

        yield once


def test_with_the_development_server_it_gets_other_settings_and_no_secret_of_the_host(run: Run):
    found = run()
    (verifier,) = found["settings"]["verifiers"]
    assert (verifier["base_url"], verifier["api_key"], verifier["api_secret"]) == ("http://127.0.0.1:1", "1", "2")
    assert found["settings"]["public_base_urls"] == [GATEWAY]
    assert stat.S_IMODE(found["mode"]) == 0o700
    environ = found["environ"]
    assert environ.items() >= environment(LOCAL).items()
    assert len(environ["APIGW_OAUTH_DPOP_NONCE_SECRET"]) == 64
    assert not {"AWS_SECRET_ACCESS_KEY", "SECRET", "APIGW_OAUTH_PUBLIC_BASE_URL"} & set(environ)
    assert (environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], environ["AWS_LAMBDA_FUNCTION_NAME"]) == (
        "256",
        "authorizer",
    )


def test_without_it_the_variables_that_the_file_names_are_passed_on(run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SECRET", "geheim")
    monkeypatch.setenv("APIGW_OAUTH_METRICS", "mine")
    environ = run(local=None)["environ"]
    assert environ["SECRET"] == "geheim"
    assert environ["APIGW_OAUTH_METRICS"] == "mine"
    assert environ["APIGW_OAUTH_PUBLIC_BASE_URL"] == GATEWAY
    assert not {"AWS_SECRET_ACCESS_KEY", "APIGW_OAUTH_SETTINGS", "AUTHLETE_API_KEY"} & set(environ)
    assert environ["HOME"] == environ["LAMBDA_RUNTIME_DIR"]


@pytest.mark.parametrize("reference", ["ssm:/prod/secret", "secretsmanager:prod/authlete#api_secret"])
def test_what_aws_keeps_is_fetched_with_the_credentials_of_whoever_starts_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, reference: str
):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "of the host")
    monkeypatch.setenv("HOME", "/home/of/somebody")
    environ = run(local=None, api_secret=reference)["environ"]
    assert environ["AWS_SECRET_ACCESS_KEY"] == "of the host"
    assert (environ["AWS_REGION"], environ["AWS_DEFAULT_REGION"]) == ("eu-west-1", "eu-west-1")
    assert (environ["HOME"], environ["AWS_LAMBDA_FUNCTION_NAME"]) == ("/home/of/somebody", "authorizer")
    assert environ["AWS_EC2_METADATA_DISABLED"] == "false"


def test_what_stays_of_a_verifier_beside_the_development_server_is_found_too(
    run: Run, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SECRET", "geheim")
    monkeypatch.setenv("AUDIENCE", "https://api.example.com")
    found = run(audience="env:AUDIENCE", clients="file:lambda_function.py")
    assert found["environ"]["AUDIENCE"] == "https://api.example.com"
    assert "SECRET" not in found["environ"]
    assert found["files"] == ["authorizer.json", "lambda_function.py"]


def test_a_variable_that_is_not_set_is_named(run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SECRET", raising=False)
    with pytest.raises(SettingsError, match=r"a\.zip: verifiers\[0\]\.api_secret: .* SECRET is not set"):
        run(local=None)


def test_a_web_socket_address_is_for_the_development_server_alone(run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SECRET", "geheim")
    assert run(gateway_url="ws://127.0.0.1:8080")["settings"]["public_base_urls"] == ["ws://127.0.0.1:8080"]
    assert "APIGW_OAUTH_PUBLIC_BASE_URL" not in run(local=None, gateway_url="ws://127.0.0.1:8080")["environ"]


def test_lines_of_the_authorizer_are_its_log_and_others_go_to_standard_error(
    run: Run, capsys: pytest.CaptureFixture[str]
):
    line, warning = (
        {"level": "info", "effect": "Allow"},
        {"level": "warning", "message": "authlete.base_url is http:// here"},
    )
    shown = io.StringIO()

    def comes(text: str) -> bool:
        shown.write(capsys.readouterr().err)
        return text in shown.getvalue()

    logged = run(printed="\n".join([json.dumps(line), json.dumps(warning), '{"_aws": {}}', "last"]))["logged"]
    wait_until(lambda: comes("last\n"))
    assert shown.getvalue() == '{"_aws": {}}\nlast\n'
    assert logged == [line]
    outage = {"level": "warning", "circuit": "open"}
    run(printed=json.dumps(outage) + "\nend")
    wait_until(lambda: comes("end\n"))
    assert logged == [line, outage]


def test_it_ends_with_its_context(tmp_path: Path):
    project = project_of(tmp_path / "project", AUTHLETE)
    package = {
        "path": str(zip_of(tmp_path / "a.zip", lambda_function=SOURCE)), "target": list(host()),
        "settings": project.authorizer_settings(), "executable": sys.executable,
        "packages": list(map(str, runtime().packages)),
    }  # fmt: skip
    with zip_authorizer(package, project, local=LOCAL, gateway_url=GATEWAY, log=print) as function:
        said: Any = function.invoke({})
    left = [said["environ"][name] for name in ("LAMBDA_TASK_ROOT", "APIGW_OAUTH_SETTINGS")]
    assert not any(Path(path).exists() for path in left)
    with pytest.raises(FunctionError):
        function.invoke({})


@pytest.mark.parametrize("local", [LOCAL, None], ids=["development server", "none"])
def test_a_file_that_has_changed_into_something_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, local: dict[str, str] | None
):
    monkeypatch.setenv("SECRET", "geheim")
    project = project_of(tmp_path / "project", AUTHLETE)
    (tmp_path / "a.zip").write_bytes(b"PK")
    package = {
        "path": str(tmp_path / "a.zip"), "target": list(host()), "settings": project.authorizer_settings(),
        "executable": sys.executable, "packages": [],
    }  # fmt: skip
    refused = pytest.raises(SettingsError, match=r"^--zip .*a\.zip: is not ")
    with refused, zip_authorizer(package, project, local=local, gateway_url=GATEWAY, log=print):
        pass
