"""What a cold start with an introspection verifier loads: nothing for what the settings do not ask for."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import apigw_oauth

PACKAGE = Path(apigw_oauth.__file__).parent
TOO_DEAR = {"asyncio", "dataclasses", "inspect", "logging", "pathlib", "tempfile", "tomllib", "urllib.request"}
SETTINGS = {"endpoint": "https://127.0.0.1:1", "issuer": "https://as.example", "client_id": "api"}

SCRIPT = """
import json, sys
bare = set(sys.modules)
sys.path.insert(0, {directory!r})
from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers import introspection
verifier = introspection.from_settings(json.loads({settings!r}), Surroundings())
try:
    verifier.verify("token", None)
except VerifierUnavailableError:
    print(json.dumps(sorted(set(sys.modules) - bare)))
"""


def loaded(tmp_path: Path, **settings: Any) -> set[str]:
    """The modules that a bare interpreter loads to ask about one token, from a copy of the authorizer alone."""
    shutil.copytree(PACKAGE / "authorizer", tmp_path / "apigw_oauth" / "authorizer")
    shutil.copy(PACKAGE / "__init__.py", tmp_path / "apigw_oauth")
    script = SCRIPT.format(directory=str(tmp_path), settings=json.dumps({**SETTINGS, **settings}))
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
    names = loaded(tmp_path, **settings)
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names | {"apigw_oauth"}
    assert not TOO_DEAR & names
    ours = {name.removeprefix("apigw_oauth.authorizer.verifiers.") for name in names}
    assert not ours & {"jws", "jwks", "key_settings", "signed_introspection", "client_assertion", "mutual_tls"}
