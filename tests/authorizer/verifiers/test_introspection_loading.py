"""What a cold start with a verifier that asks a server loads: nothing for what the settings do not ask for."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import apigw_oauth
from tests.authorizer.verifiers.jose_signing import private_key, public_jwk
from tests.authorizer.verifiers.test_client_authentication import pem

PACKAGE = Path(apigw_oauth.__file__).parent
TOO_DEAR = {"asyncio", "dataclasses", "inspect", "logging", "pathlib", "tempfile", "tomllib", "urllib.request"}
INTROSPECTION = {"endpoint": "https://127.0.0.1:1", "issuer": "https://as.example", "client_id": "api"}

SCRIPT = """
import json, sys
bare = set(sys.modules)
sys.path.insert(0, {directory!r})
from apigw_oauth.authorizer.errors import SettingsError, VerifierUnavailableError
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers import {module}
try:
    {module}.from_settings(json.loads({settings!r}), Surroundings()).verify("token", None)
except VerifierUnavailableError:
    print(json.dumps(sorted(set(sys.modules) - bare)))
except SettingsError as error:
    print(json.dumps([str(error)]))
"""


def loaded(tmp_path: Path, module: str, settings: dict[str, Any]) -> set[str]:
    """The modules that a bare interpreter loads to ask about one token, from a copy of the authorizer alone."""
    shutil.copytree(PACKAGE / "authorizer", tmp_path / "apigw_oauth" / "authorizer")
    shutil.copy(PACKAGE / "__init__.py", tmp_path / "apigw_oauth")
    script = SCRIPT.format(directory=str(tmp_path), module=module, settings=json.dumps(settings))
    done = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    "settings",
    [
        {"client_secret": "s", "audience": "a"},
        {"client_auth": "client_secret_post", "client_secret": "s"},
        {"client_auth": "bearer", "token": "t"},
    ],
)
def test_plain_answers_and_a_secret_need_the_standard_library_alone_and_no_keys(tmp_path, settings):
    ours = require_cheap(loaded(tmp_path, "introspection", {**INTROSPECTION, **settings}))
    assert not ours & {"jws", "jwks", "key_settings", "signed_introspection", "client_assertion", "mutual_tls"}


def test_authlete_needs_nothing_of_proofs_before_the_first_bound_token(tmp_path):
    settings = {"base_url": "https://127.0.0.1:1", "api_key": "k", "api_secret": "s", "audience": "a"}
    ours = require_cheap(loaded(tmp_path, "authlete", settings))
    assert "authlete_verdict" in ours
    assert not ours & {"jws", "jwks", "authlete_evidence", "apigw_oauth.authorizer.http_target"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"client_auth": "private_key_jwt", "private_key": pem(private_key("P-256"))}, "private_key: the Python package"),
        (
            {"client_secret": "s", "signed_response": "required", "jwks": {"keys": [public_jwk("RSA")]}},
            "signed_response: the Python package",
        ),
    ],
)  # fmt: skip
def test_what_needs_cryptography_says_so_at_start(tmp_path, settings, message):
    (said,) = loaded(tmp_path, "introspection", {**INTROSPECTION, **settings})
    assert said.startswith(f"{message} cryptography")


def require_cheap(names: set[str]) -> set[str]:
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names | {"apigw_oauth"}
    assert not TOO_DEAR & names
    return {name.removeprefix("apigw_oauth.authorizer.verifiers.") for name in names}
