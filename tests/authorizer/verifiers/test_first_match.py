"""Which of several verifiers a token goes to."""

import pytest

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InvalidTokenError, VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers.first_match import FirstMatch
from tests.authorizer.conftest import FakeVerifier, make_request


class Beginning(FakeVerifier):
    """Recognizes tokens by their first letter."""

    def __init__(self, letter: str, answer: AccessToken | Exception) -> None:
        super().__init__({f"{letter}1": answer, "xy1": answer})
        self.letter = letter

    def recognizes(self, token: str) -> bool:
        return token.startswith(self.letter)


def test_the_first_that_recognizes_the_token_verifies_it():
    first, second = Beginning("a", AccessToken(issuer="first")), Beginning("b", AccessToken(issuer="second"))
    both = FirstMatch([first, second])
    assert both.verify("a1", make_request()).issuer == "first"
    assert both.verify("b1", make_request()).issuer == "second"
    assert (first.asked, second.asked) == (["a1"], ["b1"])


def test_the_order_decides_where_two_recognize_a_token():
    first, second = Beginning("x", AccessToken(issuer="first")), Beginning("xy", AccessToken(issuer="second"))
    assert FirstMatch([first, second]).verify("xy1", make_request()).issuer == "first"
    assert FirstMatch([second, first]).verify("xy1", make_request()).issuer == "second"


@pytest.mark.rule("I16")
@pytest.mark.parametrize(
    "error", [InvalidTokenError("x"), VerifierUnavailableError("x"), ValueError("x")], ids=repr
)
def test_whose_token_it_is_has_the_last_word(error):
    second = Beginning("x", AccessToken(issuer="second"))
    with pytest.raises(type(error)):
        FirstMatch([Beginning("x", error), second]).verify("xy1", make_request())
    assert second.asked == []


@pytest.mark.rule("R17")
def test_a_token_that_nobody_recognizes_is_invalid_and_nobody_is_asked():
    verifiers = [Beginning("a", AccessToken()), Beginning("b", AccessToken())]
    with pytest.raises(InvalidTokenError) as caught:
        FirstMatch(verifiers).verify("c1", make_request())
    assert caught.value.reason is Reason.UNRECOGNIZED_TOKEN
    assert [one.asked for one in verifiers] == [[], []]


def test_together_they_recognize_what_one_of_them_does():
    both = FirstMatch([Beginning("a", AccessToken()), Beginning("b", AccessToken())])
    assert [both.recognizes(token) for token in ("a1", "b1", "c1")] == [True, True, False]
