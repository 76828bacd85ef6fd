"""Tokens that are worth nothing without a certificate or a key."""

from tests.authserver.test_client_certificates import make_certificate

DOCS = "https://docs.authlete.com/#"
THUMBPRINT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"


def test_a_certificate_bound_token_needs_its_certificate(shared):
    certificate, thumbprint = make_certificate()
    another, _ = make_certificate()
    token = shared.create(certificateThumbprint=thumbprint)["accessToken"]
    cases = [
        (None, "UNAUTHORIZED", "A065304"),
        ("", "UNAUTHORIZED", "A065304"),
        ("not a certificate", "UNAUTHORIZED", "A065307"),
        (another, "UNAUTHORIZED", "A065305"),
        (certificate, "OK", "A056001"),
    ]
    for pem, action, code in cases:
        answer = shared.introspect(token, clientCertificate=pem)
        assert (answer["action"], answer["resultCode"]) == (action, code)
    assert shared.introspect(token, clientCertificate=certificate)["certificateThumbprint"] == thumbprint


def test_a_dpop_bound_token_needs_a_proof(shared):
    made = shared.create(dpopKeyThumbprint=THUMBPRINT, scopes=["profile"])
    assert made["tokenType"] == "DPoP"
    without = shared.introspect(made["accessToken"], scopes=["profile"])
    assert (without["action"], without["resultCode"]) == ("UNAUTHORIZED", "A065308")
    assert without["responseContent"].startswith(
        'DPoP error="invalid_token",error_description="[A065308] Expected a DPoP header but none was provided.",'
        f'error_uri="{DOCS}A065308",algs="RS256 '
    )
    proof = shared.introspect(made["accessToken"], dpop="a.b.c", htm="GET", htu="https://h/")
    assert (proof["action"], proof["resultCode"]) == ("UNAUTHORIZED", "A065310")
