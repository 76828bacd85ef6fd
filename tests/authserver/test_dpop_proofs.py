import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OKPKey, RSAKey

from apigw_oauth.authserver.dpop_proofs import InvalidProofError, verify
from apigw_oauth.authserver.secret_hashes import base64url
from tests.authserver.proofs import KEY, NOW, OTHER_KEY, ath, proof, thumbprint

URL = "https://api.example.com/pets"


def check(text: str, **changes: Any) -> Any:
    return verify(text, **{"method": "POST", "url": URL, "now": float(NOW), **changes})


def code_of(text: str, **changes: Any) -> str:
    with pytest.raises(InvalidProofError) as caught:
        check(text, **changes)
    return caught.value.code


@pytest.mark.parametrize(
    "key",
    [KEY, RSAKey.generate_key(2048, private=True), OKPKey.generate_key("Ed25519", private=True)],
    ids=["EC", "RSA", "OKP"],
)
def test_a_proof_names_its_key(key):
    assert check(proof(URL, key=key)).thumbprint == thumbprint(key)


def test_further_claims_and_header_parameters_are_fine():
    assert check(proof(URL, header={"more": 1}, more=1, nonce="n")).thumbprint == thumbprint()


def test_with_an_access_token_its_hash_is_required():
    assert check(proof(URL, ath=ath("t")), access_token="t")
    assert code_of(proof(URL), access_token="t") == "A065310"
    assert code_of(proof(URL, ath=ath("other")), access_token="t") == "A065310"


@pytest.mark.parametrize("iat", [NOW - 60, NOW + 10, NOW + 0.5])
def test_a_fresh_proof(iat):
    assert check(proof(URL, iat=iat)).issued_at == iat


@pytest.mark.parametrize(
    "claims",
    [
        {"iat": NOW - 61}, {"iat": NOW + 11}, {"iat": None}, {"iat": str(NOW)}, {"iat": True},
        {"jti": None}, {"jti": ""}, {"jti": 1}, {"jti": "x" * 257},
        {"htm": "post"}, {"htm": "GET"}, {"htm": None},
        {"htu": f"{URL}/"}, {"htu": "http://api.example.com/pets"}, {"htu": "/pets"}, {"htu": None}, {"htu": 1},
        {"htu": "https://u:p@api.example.com/pets"},
    ],
)  # fmt: skip
def test_claims_that_are_not_in_order(claims):
    assert code_of(proof(**{"htu": URL, **claims})) == "A065310"


@pytest.mark.parametrize(
    "htu", [f"{URL}?a=b#c", "HTTPS://API.EXAMPLE.COM:443/pets", "https://api.example.com/%70ets"]
)
def test_another_spelling_of_the_same_address(htu):
    assert check(proof(htu))


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"typ": "JWT"}, "A065310"),
        ({"typ": None}, "A065310"),
        ({"typ": "DPOP+JWT"}, "A065310"),
        ({"jwk": None}, "A065312"),
        ({"jwk": KEY.as_dict(private=True)}, "A065310"),
        ({"jwk": OTHER_KEY.as_dict(private=False)}, "A065310"),
        ({"jwk": {"kty": "oct"}}, "A065310"),
        ({"jwk": {"kty": "oct", "k": "AA"}}, "A065310"),
        ({"jwk": {}}, "A065310"),
        ({"jwk": ECKey.generate_key("P-384", private=True).as_dict(private=False)}, "A065310"),
    ],
)
def test_headers_that_are_not_in_order(header, code):
    assert code_of(proof(URL, header=header)) == code


@pytest.mark.parametrize(
    ("algorithm", "code"),
    [(None, "A065313"), ("none", "A065311"), ("HS256", "A065311"), ("es256", "A065310"), ("RS256", "A065310")],
)
def test_algorithms_that_prove_nothing(algorithm, code):
    header = {"typ": "dpop+jwt", "jwk": KEY.as_dict(private=False)} | ({"alg": algorithm} if algorithm else {})
    _, payload, signature = proof(URL).split(".")
    assert code_of(f"{base64url(json.dumps(header).encode())}.{payload}.{signature}") == code


@given(st.text() | st.lists(st.binary().map(base64url), min_size=3, max_size=3).map(".".join))
def test_rubbish_is_no_proof(text):
    with pytest.raises(InvalidProofError):
        check(text)


def test_what_a_proof_says_is_not_in_the_reason():
    with pytest.raises(InvalidProofError) as caught:
        check(proof("https://hush.example"))
    assert "hush" not in caught.value.reason
