"""How proofs are checked is what the settings say, and what a cold start loads for it."""

import subprocess
import sys
from pathlib import Path

import pytest

import apigw_oauth
from apigw_oauth.authorizer.errors import SettingsError, VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers import jws
from tests.authorizer.dpop_client import BASE, NOW, SECRET, constraint, jkt, proof, reason, request_with


def test_what_proofs_may_be_signed_with_is_what_the_settings_say():
    assert constraint().algorithms == ("ES256", "PS256", "RS256", "EdDSA", "Ed25519")
    by = constraint(algorithms=["PS512", "ES384"])
    assert by.algorithms == ("PS512", "ES384")
    assert reason(by, request_with(proof())) is Reason.INVALID_PROOF


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"algorithms": ["HS256"]}, "dpop.algorithms: 'HS256' is not one of RS256"), ({"algorithms": ["none"]}, "dpop.algorithms: 'none'"), ({"algorithms": []}, "dpop.algorithms: must"),
        ({"algorithms": [1]}, "dpop.algorithms"), ({"max_age": 0}, "dpop.max_age: must be a number from 1 to 300"), ({"max_age": 301}, "dpop.max_age"), ({"max_age": "60"}, "dpop.max_age"),
        ({"max_age": True}, "dpop.max_age"), ({"nonces": "yes"}, "dpop.nonces: must be true or false"), ({"replay": "strict"}, "dpop.replay: must be one of best-effort, off"),
        ({"nonces": True}, "dpop.nonces: the environment variable APIGW_OAUTH_DPOP_NONCE_SECRET must hold at least 32"), ({"nonce": True}, "dpop.nonce: is not a key of dpop"),
        ({"bases": ("api.example.com",)}, r"public_base_urls\[0\]: 'api.example.com' is not an address"),
    ],
)  # fmt: skip
def test_a_mistake_of_the_settings_is_found_at_start(settings, message):
    with pytest.raises(SettingsError, match=f"^{message}"):
        constraint(**settings)


def test_a_short_nonce_secret_is_a_mistake_and_is_not_shown():
    with pytest.raises(SettingsError) as caught:
        constraint(nonces=True, environ={"APIGW_OAUTH_DPOP_NONCE_SECRET": SECRET[:31]})
    assert SECRET[:31] not in str(caught.value)


SCRIPT = """
import sys
from apigw_oauth.authorizer import sender_constraint
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.bearer_token import Credentials
from apigw_oauth.authorizer.errors import VerifierUnavailableError
from apigw_oauth.authorizer.method_arn import MethodArn
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.verifier import Surroundings
sys.modules["cryptography"] = None  # not deployed
arn = MethodArn.parse("arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/dev/GET/pets/7")
request = Request("GET", "/pets/7", "GET /pets/7", {{"dpop": ({proof!r},)}}, arn, external_path="/pets/7")
surroundings = Surroundings(clock=lambda: {now}, public_base_urls=({base!r},))
constraint = sender_constraint.load({{}}, surroundings, environ={{}})
token = AccessToken(confirmation={{"jkt": {jkt!r}}})
try:
    constraint.require(token, Credentials("DPoP", "a-token"), request, required=True)
except VerifierUnavailableError as error:
    print(error)
print(sorted(name for name in sys.modules if name.startswith(("cryptography.", "dataclasses", "inspect", "asyncio", "logging", "pathlib"))))
"""


@pytest.mark.rule("I16")
def test_loading_takes_nothing_dear_and_a_missing_cryptography_is_no_allowance():
    script = SCRIPT.format(proof=proof(), now=NOW, base=BASE, jkt=jkt())
    directory = str(Path(apigw_oauth.__file__).parents[1])
    code = f"import sys; sys.path.insert(0, {directory!r})\n{script}"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "the Python package cryptography, which verifies signatures, is missing; deploy it too",
        "[]",
    ]


@pytest.mark.rule("I16")
def test_a_signature_that_cannot_be_verified_is_an_outage(monkeypatch):
    monkeypatch.setattr(jws, "_checks", {})  # of other tests, which could verify
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    with pytest.raises(VerifierUnavailableError, match="cryptography"):
        reason(constraint(), request_with(proof()))
