"""JWTs that the authorization server is asked about, too."""

import pytest

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InvalidTokenError, VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers.introspected_jwt import IntrospectedJwt
from tests.authorizer.conftest import FakeVerifier, make_request

SIGNED = AccessToken(
    issuer="https://as", subject="john", client_id="demo", scopes=frozenset({"a"}), expires_at=1000, leeway=30
)


def verify(signed: AccessToken | Exception, said: AccessToken | Exception) -> AccessToken:
    both = IntrospectedJwt(FakeVerifier({"t": signed}), FakeVerifier({"t": said}))
    return both.verify("t", make_request())


def test_the_facts_are_those_that_are_signed():
    assert verify(SIGNED, AccessToken(scopes=frozenset({"a", "b"}), claims={"x": 1})) == SIGNED


@pytest.mark.rule("R29", "I16")
@pytest.mark.parametrize(
    "error", [InvalidTokenError("revoked"), VerifierUnavailableError("down"), ValueError()], ids=repr
)
def test_a_good_signature_does_not_help_a_token_that_is_revoked_or_cannot_be_asked_about(error):
    with pytest.raises(type(error)):
        verify(SIGNED, error)


def test_the_server_is_not_asked_about_what_is_not_signed_by_it():
    asked = FakeVerifier({"t": SIGNED})
    with pytest.raises(InvalidTokenError, match="forged"):
        IntrospectedJwt(FakeVerifier({"t": InvalidTokenError("forged")}), asked).verify("t", make_request())
    assert asked.asked == []


@pytest.mark.parametrize(
    ("signed", "said", "end"),
    [(1000, 900, 900), (900, 1000, 900), (1000, None, 1000), (None, 9, 9), (None, None, None)],
)
def test_it_ends_with_the_first_of_both(signed, said, end):
    found = verify(SIGNED._replace(expires_at=signed), AccessToken(expires_at=said))
    assert found.expires_at == end


@pytest.mark.parametrize(
    "said",
    [AccessToken(client_id="other"), AccessToken(subject="jane"), AccessToken(confirmation={"jkt": "other"})],
    ids=["client", "subject", "key"],
)
def test_a_contradiction_is_not_decided_for_anybody(said):
    with pytest.raises(InvalidTokenError) as caught:
        verify(SIGNED._replace(confirmation={"jkt": "one"}), said)
    assert caught.value.reason is Reason.INVALID_CLAIMS


def test_what_binds_it_binds_it_whoever_says_so():
    found = verify(SIGNED._replace(confirmation={"jkt": "k"}), AccessToken(confirmation={"x5t#S256": "c"}))
    assert found.confirmation == {"jkt": "k", "x5t#S256": "c"}
    assert verify(SIGNED, AccessToken(confirmation={"jkt": "k"})).confirmation == {"jkt": "k"}


@pytest.mark.parametrize("said", [AccessToken(reusable=False), AccessToken(reusable=False, dpop_nonce="n")])
def test_an_answer_for_one_request_remains_one(said):
    found = verify(SIGNED, said)
    assert (found.reusable, found.dpop_nonce) == (False, said.dpop_nonce)


def test_its_shape_is_that_of_the_jwt():
    class Nobody(FakeVerifier):
        def recognizes(self, token: str) -> bool:
            return False

    assert IntrospectedJwt(FakeVerifier(), Nobody()).recognizes("t")
    assert not IntrospectedJwt(Nobody(), FakeVerifier()).recognizes("t")
