"""The certificate that is made for the gateway."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from apigw_oauth.gateway import server_certificate

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def names_of(pem: str) -> list[str]:
    names = x509.load_pem_x509_certificate(pem.encode()).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    return [str(name.value) for name in names.value]


def test_it_is_for_this_machine_and_the_host_that_the_gateway_listens_on() -> None:
    own = ["localhost", "127.0.0.1", "::1"]
    assert names_of(server_certificate.make(["127.0.0.1"], NOW).certificate) == own
    assert names_of(server_certificate.make(["dev.example.com", "192.0.2.1"], NOW).certificate) == [
        *own, "dev.example.com", "192.0.2.1",
    ]  # fmt: skip


def test_keys_are_on_p_256_and_the_authority_can_certify_nobody_else() -> None:
    made = server_certificate.make([], NOW)
    authority, certificate = (
        x509.load_pem_x509_certificate(pem.encode()) for pem in (made.authority, made.certificate)
    )
    certificate.verify_directly_issued_by(authority)
    for one in (authority, certificate):
        key = one.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        assert isinstance(key.curve, ec.SECP256R1)
        assert one.not_valid_before_utc == NOW - timedelta(hours=1)
        assert NOW < one.not_valid_after_utc < NOW + timedelta(days=398)
    constraints = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (constraints.ca, constraints.path_length) == (True, 0)
    assert made.key.count("PRIVATE KEY") == 2


def test_two_runs_have_nothing_in_common() -> None:
    one, other = (server_certificate.make([], NOW) for _ in range(2))
    assert {one.certificate, one.key, one.authority}.isdisjoint({other.certificate, other.key, other.authority})
