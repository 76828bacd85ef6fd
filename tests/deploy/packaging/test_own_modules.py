"""Of our modules a package holds what its configuration can import: no more, and no less.

Each configuration is run by a bare interpreter that has these files alone, so that what is missing would be missed;
and what is there must have been imported in the end.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import cryptography
import pytest

import apigw_oauth
from apigw_oauth.authorizer.verifiers import VERIFIERS
from apigw_oauth.deploy.packaging import entry_point, own_modules
from apigw_oauth.deploy.packaging.configuration import CONDITIONS, Configuration
from apigw_oauth.deploy.packaging.local_modules import reachable
from apigw_oauth.deploy.packaging.own_modules import ROOT
from tests.authorizer.dpop_client import CERTIFICATE
from tests.authorizer.lambda_environment import with_token
from tests.authorizer.verifiers.jose_signing import private_key, public_jwk
from tests.authorizer.verifiers.jwt_tokens import ISSUER, token
from tests.authorizer.verifiers.test_authlete_bound import NO_CERTIFICATE, OK
from tests.authorizer.verifiers.test_client_authentication import pem
from tests.authorizer.verifiers.test_mutual_tls import CERTIFICATE as OURS
from tests.authorizer.verifiers.test_mutual_tls import KEY
from tests.deploy.packaging.packages import (
    AUTHLETE,
    ENVIRON,
    INTROSPECTION,
    JWT,
    host,
    modules_in,
    project_of,
    run,
)
from tests.scripted_server import ScriptedServer, answer

ENTRY = "apigw_oauth.authorizer.lambda_handler"
DISCOVERED = {key: value for key, value in INTROSPECTION.items() if key != "endpoint"}
OWN = "from apigw_oauth import AccessToken\n\n\nclass Mine:\n    def recognizes(self, token):\n        return True\n\n    def verify(self, token, request):\n        return AccessToken(subject='john')\n"
HOOK = "def on_decision(facts):\n    pass\n"
# In the place of the SDK that Lambda has: AWS is out of order, and then it is not.
BOTO3 = """
class OutageError(Exception):
    response = {"Error": {"Code": "ServiceUnavailable"}, "ResponseMetadata": {"HTTPStatusCode": 503}}


class Client:
    meta = None
    asked = 0

    def get_parameter(self, **options):
        self.asked += 1
        if self.asked == 1:
            raise OutageError
        return {"Parameter": {"Value": "geheim"}}


class Session:
    def client(self, *arguments, **options):
        return Client()
"""


class Case(NamedTuple):
    verifiers: tuple[dict[str, Any], ...]
    event: str = "request"
    authorizer: str = ""
    cryptography: bool = False
    has: tuple[str, ...] = ()
    has_not: tuple[str, ...] = ()


CASES = {
    "introspection": Case((INTROSPECTION,), has_not=("jwks", "own_verifier", "rotation", "stage_policy")),
    "introspection, one answer for the whole stage": Case((INTROSPECTION,), "token", has=("stage_policy",)),
    "introspection, discovered": Case(({**DISCOVERED, "issuer": ISSUER, "discovery": True},), has=("key_settings",)),
    "introspection with a certificate": Case(
        ({
            **{key: value for key, value in INTROSPECTION.items() if key != "client_secret"},
            "client_auth": "tls_client_auth", "client_certificate": "env:CERTIFICATE", "client_key": "env:KEY",
        },),
        has=("mutual_tls",),
    ),
    "introspection with assertions": Case(
        ({
            **{key: value for key, value in INTROSPECTION.items() if key != "client_secret"},
            "client_auth": "private_key_jwt", "private_key": "env:PRIVATE_KEY",
        },),
        cryptography=True, has=("client_assertion",), has_not=("jws",),
    ),
    "introspection, signed": Case(
        ({**INTROSPECTION, "issuer": ISSUER, "signed_response": "required", "jwks": JWT["jwks"]},),
        cryptography=True, has=("signed_introspection",),
    ),
    "introspection with a secret of AWS": Case(
        ({**INTROSPECTION, "client_secret": "ssm:/as/secret"},), has=("rotation", "aws_secrets", "aws_refusals")
    ),
    "jwt": Case((JWT,), cryptography=True, has_not=("introspection", "sender_constraint", "first_match")),
    "jwt and introspection": Case((JWT, INTROSPECTION), cryptography=True, has=("first_match",), has_not=("introspected_jwt",)),
    "jwt, introspected": Case(
        ({**JWT, "introspect_jwts": True}, INTROSPECTION), cryptography=True, has=("first_match", "introspected_jwt")
    ),
    "authlete": Case((AUTHLETE,), has=("authlete_evidence", "client_certificate"), has_not=("introspection",)),
    "proofs": Case((INTROSPECTION,), authorizer='cache = "off"', cryptography=True, has=("dpop_proof",)),
    "http api": Case((INTROSPECTION,), "http-1.0"),
    "http api, simple": Case((INTROSPECTION,), "http-2.0-simple"),
    "websocket": Case((INTROSPECTION,), "websocket", cryptography=True, has=("sender_constraint",)),
    "own verifier and hook": Case(
        ({"type": "mine:Mine"},), authorizer='on_decision = "hooks/telemetry.py:on_decision"', has=("own_verifier", "decision_hook")
    ),
}  # fmt: skip
ENVIRONMENT = {**ENVIRON, "CERTIFICATE": OURS, "KEY": pem(KEY), "PRIVATE_KEY": pem(private_key("P-256"))}


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`cryptography` and what it needs, and nothing else of what is installed here."""
    directory = tmp_path_factory.mktemp("libraries")
    installed = Path(cryptography.__file__).parents[1]
    for path in (installed / "cryptography", *installed.glob("_cffi_backend.*")):
        (directory / path.name).symlink_to(path)
    return directory


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """What Lambda has, as far as it is asked for."""
    directory = tmp_path / "runtime"
    (directory / "botocore").mkdir(parents=True)
    (directory / "botocore" / "__init__.py").touch()
    (directory / "botocore" / "config.py").write_text(
        "class Config:\n    def __init__(self, **options):\n        pass\n"
    )
    (directory / "boto3.py").write_text(BOTO3)
    return directory


def unpacked(directory: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(content)
    return directory


@pytest.mark.parametrize("name", CASES)
def test_what_is_there_is_what_is_imported(tmp_path: Path, libraries: Path, world: Path, name: str):
    case = CASES[name]
    (tmp_path / "hooks").mkdir()
    (tmp_path / "hooks" / "telemetry.py").write_text(HOOK)
    (tmp_path / "mine.py").write_text(OWN)
    with ScriptedServer(answer(json.dumps(NO_CERTIFICATE).encode()), answer(json.dumps(OK).encode())) as server:
        verifiers = [{**one, "base_url": server.url} if "base_url" in one else one for one in case.verifiers]
        settings = project_of(
            tmp_path, *verifiers, event=case.event, authorizer=case.authorizer
        ).authorizer_settings()
        local = reachable(tmp_path, ["mine.py", "hooks/telemetry.py"])
        asked_for = local.ours if name.startswith("own") else ()
        needed = own_modules.needed(Configuration.of(settings), entry=[ENTRY], asked_for=asked_for)
        entry = entry_point.text(host(), has_machine_code=case.cryptography)
        files = {**needed.files, **local.files, "lambda_function.py": entry.encode()}
        task = unpacked(tmp_path / "task", {**files, "authorizer.json": json.dumps(settings).encode()})
        paths = [task, world, *([libraries] if case.cryptography else [])]
        event = with_token(case.event)
        event.setdefault("requestContext", {}).setdefault("identity", {})["clientCert"] = {
            "clientCertPem": CERTIFICATE
        }
        jwt = json.loads(json.dumps(event).replace("SlAV32hkKG-a-token-to-look-for", token()))
        modules = run(sys.executable, paths, [event, jwt, event], ENVIRONMENT).modules
    assert bool(needed.cryptography) == case.cryptography
    ours = {module for module in modules if module.partition(".")[0] == "apigw_oauth"}
    assert ours == modules_in(needed.files)
    short = {module.rpartition(".")[2] for module in ours}
    assert set(case.has) <= short
    assert not set(case.has_not) & short


def test_every_type_of_verifier_is_tried():
    assert {one["type"] for case in CASES.values() for one in case.verifiers} >= set(VERIFIERS)


def test_every_import_in_a_function_has_a_condition_or_needs_none():
    always = {
        ("log", "metrics"),  # chosen by an environment variable
        ("lambda_handler", "preparation"),  # in Lambda always
        ("rotation", "aws_secrets"),
        ("aws_secrets", "aws_refusals"),
        ("verifiers.authlete", "verifiers.authlete_evidence"),  # any token may be bound
        ("verifiers.authlete_verdict", "client_certificate"),
    }
    found = set()
    for path in (ROOT / "authorizer").rglob("*.py"):
        name = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
        found |= {
            (edge.source, edge.target) for edge in own_modules._edges(name, own_modules._lean) if edge.deferred
        }
    prefix = "apigw_oauth.authorizer."
    short = {
        (source.removeprefix(prefix), target.removeprefix(prefix)) for source, target in found - set(CONDITIONS)
    }
    assert {edge for edge in short if not edge[1].startswith("cryptography")} == always
    assert {source for source, target in CONDITIONS} <= {source for source, _ in found}


def asked_by(tmp_path: Path, text: str) -> own_modules.Needed:
    (tmp_path / "mine.py").write_text(text)
    local = reachable(tmp_path, ["mine.py"])
    configuration = Configuration("request", "route", [{"type": "mine:Mine"}])
    return own_modules.needed(configuration, entry=[ENTRY], asked_for=local.ours)


def test_own_modules_get_what_they_import_and_all_that_it_can_import(tmp_path: Path):
    needed = asked_by(tmp_path, "def later():\n    from apigw_oauth.authorizer.verifiers import introspection\n")
    modules = {name.rpartition(".")[2] for name in modules_in(needed.files)}
    assert {"introspection", "signed_introspection", "mutual_tls", "client_assertion", "key_settings"} <= modules
    assert "cryptography.hazmat.primitives.asymmetric.ec" in needed.cryptography
    assert "first_match" not in modules  # of the package above it nothing is called


def test_public_names_are_where_they_come_from(tmp_path: Path):
    assert "apigw_oauth/authorizer/facts.py" in asked_by(tmp_path, "import apigw_oauth\n").files
    for name, module in apigw_oauth._HOMES.items():
        assert (
            f"apigw_oauth/authorizer/{module}.py" in asked_by(tmp_path, f"from apigw_oauth import {name}\n").files
        )
    assert not asked_by(tmp_path, "from apigw_oauth import AccessToken\n").cryptography


def test_a_reference_may_bring_anything():
    table = {
        **INTROSPECTION,
        "client_auth": "env:HOW",
        "signed_response": "env:WHETHER",
        "jwks": {"keys": [public_jwk("RSA")]},
    }
    needed = own_modules.needed(Configuration("request", "route", [table]), entry=[ENTRY])
    modules = {name.rpartition(".")[2] for name in modules_in(needed.files)}
    assert {"mutual_tls", "client_assertion", "signed_introspection"} <= modules
    assert needed.cryptography
