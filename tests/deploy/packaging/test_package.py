"""The package of an authorizer: what is in it, what is refused, and that it runs wherever it is for."""

import hashlib
import json
import math
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from apigw_oauth.authorizer import settings
from apigw_oauth.deploy.packaging import package, wheels
from apigw_oauth.deploy.packaging.package import Content, Package, PackageError
from apigw_oauth.deploy.target import Target
from tests.authorizer.lambda_environment import TOKEN, with_token
from tests.authorizer.test_what_is_loaded import TOO_DEAR
from tests.authorizer.verifiers.jwt_tokens import KEYS, token
from tests.deploy.packaging.packages import (
    AUTHLETE,
    ENVIRON,
    INSTALLED,
    INTROSPECTION,
    JWT,
    build,
    host,
    interpreter_of,
    modules_in,
    names_in,
    project_of,
    run,
)

UNCHECKED_HASH = 1  # the flags of PEP 552: the file belongs to a hash, and nobody compares it
# What a start has done without ever since, and what would bring it back unseen.
NOT_FOR_INTROSPECTION = {
    "datetime", "email", "hashlib", "hmac", "http", "http.client", "ipaddress", "random", "secrets", "typing", "urllib",
    "urllib.parse",
}  # fmt: skip
BY_AUTHLETE = {**AUTHLETE, "api_secret": "ssm:/authlete/secret"}


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Package]:
    """Packages of two projects, for each runtime of which there is an interpreter."""
    directory = tmp_path_factory.mktemp("built")
    projects = {
        "introspection": project_of(directory / "introspection", INTROSPECTION),
        "jwt": project_of(directory / "jwt", JWT),
    }
    return {
        (kind, python): build(project, directory / f"{kind}-{python}.zip", target=Target(python, host().architecture))
        for kind, project in projects.items()
        for python in INSTALLED
    }  # fmt: skip


@pytest.mark.parametrize("python", INSTALLED)
@pytest.mark.parametrize("kind", ["introspection", "jwt"])
def test_a_bare_interpreter_runs_it_and_imports_nothing_else(
    tmp_path: Path, built: dict[tuple[str, str], Package], kind: str, python: str
):
    one = built[kind, python]
    zipfile.ZipFile(one.path).extractall(tmp_path)
    event = json.loads(json.dumps(with_token("request")).replace(TOKEN, token(exp=9_999_999_999)))
    (answer,), modules, others = run(interpreter_of(python) or "", [tmp_path], [event])
    if kind == "jwt":
        assert answer["policyDocument"]["Statement"][0]["Effect"] == "Allow"
    else:
        assert answer == "authorization_server_unreachable"
        assert not NOT_FOR_INTROSPECTION & modules
    libraries = {"cryptography", "_cffi_backend", "_openssl"} if kind == "jwt" else set()
    assert {name.partition(".")[0] for name in others} == {"apigw_oauth", "lambda_function", *libraries}
    assert not TOO_DEAR & modules
    ours = modules_in(json.loads((tmp_path / "package.json").read_text())["modules"])
    assert {name for name in modules if name.startswith("apigw_oauth")} == ours
    compiled = ours | {
        name.replace("__pycache__/", "").partition(".")[0].replace("/", ".")
        for name in names_in(one.path)
        if name.endswith(".pyc")
    }
    python_files = {name for name in others if not name.startswith(("_", "cryptography.hazmat.bindings._rust"))}
    assert python_files <= {name.removesuffix(".__init__") for name in compiled}, "a cold start compiles nothing"


@pytest.mark.parametrize("python", INSTALLED)
def test_sizes(built: dict[tuple[str, str], Package], python: str):
    assert built["introspection", python].size < 200_000
    target = Target(python, host().architecture)
    directory = wheels.cache_directory() / "wheels" / f"{target.runtime}-{target.architecture}"
    versions = wheels.versions()
    needed = [wheels.chosen(directory, versions, target)[name].path.stat().st_size for name in versions]
    assert abs(built["jwt", python].size - sum(needed)) < 0.05 * sum(needed)


@pytest.mark.parametrize("python", INSTALLED)
def test_files_are_compiled_without_the_names_of_this_machine(built: dict[tuple[str, str], Package], python: str):
    one = built["jwt", python]
    with zipfile.ZipFile(one.path) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            assert not name.endswith(".pyc") or content[4] == UNCHECKED_HASH
            assert b"/tmp" not in content or name.endswith(".so"), name
            assert str(Path.home()).encode() not in content, name


def test_it_says_what_it_is(built: dict[tuple[str, str], Package]):
    one = built["jwt", INSTALLED[0]]
    content = one.path.read_bytes()
    assert (one.sha256, one.size) == (hashlib.sha256(content).hexdigest(), len(content))
    with zipfile.ZipFile(one.path) as archive:
        entries = archive.infolist()
        about = json.loads(archive.read("package.json"))
        assert (
            settings.load(json.loads(archive.read("authorizer.json")), environ=ENVIRON, directory="/").event
            == "request"
        )
    assert (one.files, one.unzipped_size) == (len(entries), sum(entry.file_size for entry in entries))
    assert about.keys() == {"format", "apigw_oauth", "python", "arch", "compiled", "libraries", "files", "modules"}
    assert (about["python"], about["arch"], about["compiled"]) == (INSTALLED[0], host().architecture, True)
    assert about["libraries"].keys() == {"cffi", "cryptography"}
    assert one.warnings == ()


def test_licences_go_along_and_what_lambda_has_no_use_for_does_not(built: dict[tuple[str, str], Package]):
    names = names_in(built["jwt", INSTALLED[0]].path)
    assert sum("/licenses/" in name for name in names) >= 3
    assert not [
        name for name in names if name.endswith((".pyi", ".h", "RECORD", "WHEEL")) or name.startswith("cffi/")
    ]
    assert len([name for name in names if name.endswith(".so")]) == 2


def test_nothing_is_there_that_a_project_does_not_name(tmp_path: Path):
    (tmp_path / "functions.py").write_text("")
    (tmp_path / ".env").write_text("SECRET=geheim")
    content = package.content_of(project_of(tmp_path, BY_AUTHLETE), host())
    assert {*content.sources, *content.others} == {"lambda_function.py", "authorizer.json"}
    assert {name.partition("/")[0] for name in content.ours} == {"apigw_oauth"}


def test_verifiers_and_hooks_of_the_project_go_along_with_what_they_import(tmp_path: Path):
    files = {
        "mine.py": "import beside, thirdparty, boto3\nfrom apigw_oauth import AccessToken\n",
        "beside.py": "from shared import words\n",
        "shared/__init__.py": "",
        "shared/words.py": "",
        "shared/other.py": "",
        "hooks/telemetry.py": "def on_decision(facts):\n    import beside\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    project = project_of(
        tmp_path, {"type": "mine:Mine"}, authorizer='on_decision = "hooks/telemetry.py:on_decision"'
    )
    content = package.content_of(project, host())
    assert content.sources.keys() == {*files, "lambda_function.py"} - {"shared/other.py"}
    assert content.sources["beside.py"] == files["beside.py"].encode()
    assert content.warnings == ["mine.py: imports thirdparty, which is neither in the project nor in Lambda; it has to come from a layer ([deploy] layers)"]  # fmt: skip


def test_key_sets_go_along_at_their_path(tmp_path: Path):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "jwks.json").write_text(json.dumps(JWT["jwks"]))
    introspection = {**INTROSPECTION, "client_auth": "tls_client_auth", "client_certificate": "file:keys/jwks.json", "client_key": "env:KEY"}  # fmt: skip
    del introspection["client_secret"]
    content = package.content_of(project_of(tmp_path, introspection), host())
    assert content.others["keys/jwks.json"] == (tmp_path / "keys" / "jwks.json").read_bytes()


@pytest.mark.parametrize(
    ("verifier", "authorizer", "message"),
    [
        ({**AUTHLETE, "api_secret": "geheim"}, "", "verifiers[0].api_secret: is written out"),
        ({**AUTHLETE, "api_secret": "file:secret.txt"}, "", "verifiers[0].api_secret: a secret in a file"),
        ({**AUTHLETE, "base_url": "http://127.0.0.1:1"}, "", "verifiers[0].base_url: http:// is for this machine"),
        ({**JWT, "jwks": "file:nowhere.json"}, "", "nowhere.json: No such file or directory; write it"),
        ({**JWT, "jwks": "file:../outside.json"}, "", "verifiers[0].jwks: is outside of"),
        ({"type": "mine:Mine", "nested": {"token": "geheim"}}, "", "verifiers[0].nested.token: is written out"),
        ({"type": "mine:Mine", "keys": [{"password": "geheim"}]}, "", "verifiers[0].keys[0].password: is written out"),
        ({**JWT, "jwks": "file:x/../jwks.json"}, "", "verifiers[0].jwks: is outside of"),
        ({**JWT, "jwks": "file:private.json"}, "", "verifiers[0].jwks: private.json holds a private or symmetric key"),
        ({"type": "mine:Mine", "chain": "file:chain.pem"}, "", "verifiers[0].chain: chain.pem holds a private or symm"),
        ({**JWT, "jwks": "file:package.json"}, "", "verifiers[0].jwks: package.json is the name of something else"),
        ({"type": "mine:Mine", "since": date(2026, 1, 1)}, "", "verifiers[0].since: is a date that JSON does not have"),
        ({"type": "mine:Mine", "most": math.inf}, "", "verifiers[0].most: is a float that JSON does not have"),
        ({"type": "json:Mine"}, "", "verifiers[0].type: the module json is not in"),
        ({"type": "broken:Mine"}, "", f"broken.py:1: is not Python {host().python}: "),
        (JWT, 'handler = "mine.py:handler"', "authorizer.handler: mine.py:handler is an authorizer of your own"),
        (JWT, 'on_decision = "cryptography.py:on_decision"', "cryptography.py: has the name of a module that is part of"),
    ],

)  # fmt: skip
def test_what_is_refused(tmp_path: Path, verifier: dict[str, Any], authorizer: str, message: str):
    (tmp_path / "mine.py").write_text("")
    (tmp_path / "cryptography.py").write_text("def on_decision(facts):\n    pass\n")
    (tmp_path / "broken.py").write_text("class :\n")
    (tmp_path / "private.json").write_text(json.dumps({"keys": [*KEYS["keys"], {"kty": "oct", "k": "geheim"}]}))
    (tmp_path / "chain.pem").write_text("-----BEGIN CERTIFICATE-----\n-----BEGIN EC PRIVATE KEY-----\ngeheim\n")
    project = project_of(tmp_path, verifier, authorizer=authorizer)
    with pytest.raises(PackageError) as raised:
        package.content_of(project, host())
    assert message in str(raised.value)
    assert "geheim" not in str(raised.value)


def test_addresses_of_this_machine_are_taken_where_that_is_wanted(tmp_path: Path):
    project = project_of(tmp_path, {**BY_AUTHLETE, "base_url": "http://127.0.0.1:1"})
    assert package.content_of(project, host(), allow_loopback=True).others.keys() == {"authorizer.json"}


def test_without_an_interpreter_sources_go_along_and_a_warning_says_so(tmp_path: Path):
    content = Content(ours={"apigw_oauth/a.py": b"A = 1\n"}, sources={"b.py": b"B = 2\n"})
    one = package.finish(content, output=tmp_path / "a.zip", target=host(), find=lambda _python: None)
    assert names_in(one.path) == {"apigw_oauth/a.py", "b.py", "package.json"}
    (warning,) = one.warnings
    assert warning.startswith(f"there is no Python {host().python} on this machine")
    assert json.loads(zipfile.ZipFile(one.path).read("package.json"))["compiled"] is False


def test_another_runtime_is_refused_by_the_function_itself(tmp_path: Path, built: dict[tuple[str, str], Package]):
    other = next(python for python in INSTALLED if python != host().python)
    zipfile.ZipFile(built["introspection", other].path).extractall(tmp_path)
    with pytest.raises(
        AssertionError, match=f"this package is for Python {other}; give the function that runtime"
    ):
        run(sys.executable, [tmp_path], [])


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path):
    with pytest.raises(PackageError, match=r"nowhere/a\.zip: cannot be written: No such file or directory"):
        package.finish(Content({}, {}), output=tmp_path / "nowhere" / "a.zip", target=host())
