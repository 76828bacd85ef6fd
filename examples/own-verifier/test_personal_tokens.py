"""Run with: python -m pytest"""

from pathlib import Path

from personal_tokens import PersonalTokens

from apigw_oauth.testing import TokenVerifierConformance, request_to

JOHN = "pat_q7ZpB2vN9xWc4LrT8yHs6KdM3fJg5AeR"


def make() -> PersonalTokens:
    return PersonalTokens(tokens=(Path(__file__).parent / "tokens.json").read_text())


class TestPersonalTokens(TokenVerifierConformance):
    good_token = JOHN
    bad_token = "pat_unknown"
    foreign_token = "eyJhbGciOiJFUzI1NiJ9.e30.AA"

    def make_verifier(self):
        return make()


def test_a_token_says_whose_it_is():
    token = make().verify(JOHN, request_to(token=JOHN))
    assert (token.subject, token.scopes) == ("john", {"pets:read"})
