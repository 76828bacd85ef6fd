"""What a jwt verifier adds to a cold start: of `cryptography` no more than its algorithms need."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import cryptography
import pytest

import apigw_oauth
from tests.authorizer.test_what_is_loaded import TOO_DEAR
from tests.authorizer.verifiers.jose_signing import kind_of, public_jwk, sign
from tests.authorizer.verifiers.jwt_tokens import AUDIENCE, CLAIMS, ISSUER

PACKAGE = Path(apigw_oauth.__file__).parent
ASYMMETRIC = "cryptography.hazmat.primitives.asymmetric."

SCRIPT = """
import json, sys
bare = set(sys.modules)
sys.path[:0] = {paths!r}
from apigw_oauth.authorizer.verifier import Surroundings
from apigw_oauth.authorizer.verifiers import jwt
verifier = jwt.from_settings(json.loads({settings!r}), Surroundings())
made = set(sys.modules)
assert verifier.verify({token!r}, None).subject == "5ba552d67"
print(json.dumps([sorted(made - bare), sorted(set(sys.modules) - made)]))
"""


def loaded(
    tmp_path: Path, alg: str, *, algorithms: Sequence[str] = (), kinds: Sequence[str] = ("RSA", "P-256", "Ed25519")
) -> tuple[list[str], list[str]]:
    """The modules that a bare interpreter loads for the verifier, and those for its first token."""
    shutil.copytree(PACKAGE / "authorizer", tmp_path / "apigw_oauth" / "authorizer")
    shutil.copy(PACKAGE / "__init__.py", tmp_path / "apigw_oauth")
    keys = {"keys": [public_jwk(kind) for kind in kinds]}
    if kind_of(alg) not in {"RSA", "P-256", "Ed25519"}:
        keys["keys"].append(public_jwk(kind_of(alg)))
    settings = {"issuer": ISSUER, "audience": AUDIENCE, "algorithms": algorithms or [alg], "jwks": keys}
    script = SCRIPT.format(
        paths=[str(tmp_path), str(Path(cryptography.__file__).parents[1])],
        settings=json.dumps(settings),
        token=sign({"alg": alg, "typ": "at+jwt"}, CLAIMS),
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=True)
    before, after = json.loads(done.stdout.splitlines()[-1])
    return before, after


@pytest.mark.parametrize(
    ("alg", "needs", "does_without"),
    [
        ("RS256", {"rsa", "padding"}, {"ec", "ed25519"}),
        ("PS384", {"rsa", "padding"}, {"ec", "ed25519"}),
        ("ES256", {"ec", "utils"}, {"ed25519"}),
        ("ES512", {"ec", "utils"}, {"ed25519"}),
        ("Ed25519", {"ed25519"}, {"rsa", "padding", "ec", "utils"}),
    ],
)
def test_of_cryptography_only_what_the_algorithms_need_is_loaded_and_all_of_it_at_start(
    tmp_path, alg, needs, does_without
):
    before, after = loaded(tmp_path, alg)
    used = {name.removeprefix(ASYMMETRIC) for name in before if name.startswith(ASYMMETRIC)}
    assert needs <= used
    assert not does_without & used
    assert after == [], "the first token waits for nothing"
    elsewhere = ("cryptography.x509", "cryptography.fernet", "cryptography.hazmat.primitives.serialization")
    assert not [name for name in before if name.startswith(elsewhere)]
    assert not TOO_DEAR & set(before)


def test_what_no_key_of_the_set_needs_is_not_loaded(tmp_path):
    before, after = loaded(tmp_path, "RS256", algorithms=["ES256", "PS256", "RS256", "Ed25519"], kinds=["RSA"])
    assert f"{ASYMMETRIC}rsa" in before
    assert not {f"{ASYMMETRIC}{name}" for name in ("ec", "ed25519")} & set(before)
    assert "cryptography.hazmat.backends.openssl.backend" not in before
    assert after == []


def test_reading_keys_and_tokens_without_verifying_them_loads_nothing_of_cryptography():
    code = (
        "import sys; sys.path.insert(0, {src!r});"
        "from apigw_oauth.authorizer.verifiers import jwt, jws, jwks;"
        "jwks.KeySet.parse({keys!r}); jws.parse({token!r});"
        "assert 'cryptography' not in sys.modules"
    ).format(src=str(PACKAGE.parent), keys={"keys": [public_jwk("RSA")]}, token=sign({"alg": "ES256"}, b"x"))
    subprocess.run([sys.executable, "-I", "-c", code], check=True)


def test_without_cryptography_the_settings_are_a_mistake(tmp_path):
    shutil.copytree(PACKAGE / "authorizer", tmp_path / "apigw_oauth" / "authorizer")
    shutil.copy(PACKAGE / "__init__.py", tmp_path / "apigw_oauth")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from apigw_oauth.authorizer.errors import SettingsError\n"
        "from apigw_oauth.authorizer.verifier import Surroundings\n"
        "from apigw_oauth.authorizer.verifiers import jwt\n"
        "try:\n"
        "    jwt.from_settings({'issuer': 'https://as.example', 'audience': 'x', 'discovery': True}, Surroundings())\n"
        "except SettingsError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(
        "algorithms: the Python package cryptography, which verifies signatures, is missing"
    )
