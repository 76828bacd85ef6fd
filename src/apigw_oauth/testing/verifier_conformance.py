"""TokenVerifierConformance: what every verifier owes to the authorizer, as tests to inherit.

    class TestMyVerifier(TokenVerifierConformance):
        good_token = "my-good"
        bad_token = "my-bad"

        def make_verifier(self):
            return MyVerifier(...)

pytest runs them by their names. See docs/own-verifiers.md.
"""

from collections.abc import Iterator

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import BearerTokenError, InvalidTokenError, VerifierUnavailableError
from apigw_oauth.authorizer.facts import wrong_fact
from apigw_oauth.authorizer.method_arn import MethodArn
from apigw_oauth.authorizer.request import Request
from apigw_oauth.authorizer.verifier import TokenVerifier

_STAGE = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/dev"

# What clients send that was never a token, in the characters that a token can have.
_RUBBISH = (
    "x",
    ".",
    "..",
    "a.b.c",
    "a.b.c.d.e",
    "=" * 8,
    "~+/-_.",
    "0" * 8192,
    "." * 8192,
    "e30.e30.",
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJqb2huIn0.",  # {"alg":"none"}.{"sub":"john"}
    "W1tbW1tb.W1tbW1tb.AA",  # JSON that does not end
    "_____w.____.AA",  # octets that are no UTF-8
)


def request_to(path: str = "/pets/7", *, method: str = "GET", token: str) -> Request:
    """Return a request as a verifier gets it, with a bearer token in its header."""
    return Request(
        method=method,
        path=path,
        route_key=None,
        headers={"authorization": (f"Bearer {token}",)},
        method_arn=MethodArn.parse(f"{_STAGE}/{method}{path}"),
    )


class TokenVerifierConformance:
    """Tests of a verifier: inherit, name two tokens, and say how the verifier is made."""

    good_token: str
    """Recognized and good. What its server says of it, the test has to arrange."""
    bad_token: str
    """Recognized, and refused."""
    foreign_token: str | None = None
    """Not recognized; None for a verifier that takes every token."""

    def make_verifier(self) -> TokenVerifier:
        """Return a verifier for which `good_token` is good; called once a test."""
        raise NotImplementedError("say how the verifier is made: define make_verifier in the test class")

    def make_unavailable_verifier(self) -> TokenVerifier | None:
        """Return one that cannot reach its server; None for a verifier that has none."""
        return None

    def test_the_good_token_is_recognized_and_its_facts_are_of_the_right_types(self) -> None:
        """Scopes are sets of texts, times are numbers, and so on."""
        verifier = self.make_verifier()
        _must(verifier.recognizes(self.good_token) is True, "recognizes(good_token) must return True")
        found: object = verifier.verify(self.good_token, self._request())
        _must(isinstance(found, AccessToken), "verify(good_token) must return an AccessToken")
        wrong = wrong_fact(found) if isinstance(found, AccessToken) else None
        _must(wrong is None, f"the AccessToken has a wrong {wrong}: compare with docs/own-verifiers.md")

    def test_the_bad_token_is_recognized_and_refused(self) -> None:
        """A refusal is an InvalidTokenError, and nothing else."""
        verifier = self.make_verifier()
        _must(verifier.recognizes(self.bad_token) is True, "recognizes(bad_token) must return True")
        try:
            verifier.verify(self.bad_token, self._request())
        except InvalidTokenError:
            return
        raise AssertionError("verify(bad_token) must raise InvalidTokenError")

    def test_a_token_that_was_tampered_with_is_never_good(self) -> None:
        """One character less, more, or another one."""
        verifier = self.make_verifier()
        for token in _damaged(self.good_token):
            _must(_is_refused(verifier, token, self._request()), "a damaged good_token must be refused")

    def test_whatever_a_client_sends_ends_in_a_refusal(self) -> None:
        """What is no token at all must not end in an exception of another kind: that would be a 500."""
        verifier = self.make_verifier()
        for token in _RUBBISH:
            if verifier.recognizes(token):
                _must(_is_refused(verifier, token, self._request()), "what was never a token must be refused")

    def test_recognizing_says_yes_or_no_and_asks_nobody(self) -> None:
        """It is called for tokens of everybody else, too, and before anything is known."""
        verifier = self.make_unavailable_verifier() or self.make_verifier()
        for token in (self.good_token, self.bad_token, *_RUBBISH):
            said: object = verifier.recognizes(token)
            _must(isinstance(said, bool), "recognizes must return True or False")
        if self.foreign_token is not None:
            _must(verifier.recognizes(self.foreign_token) is False, "recognizes(foreign_token) must return False")

    def test_the_facts_hold_for_every_route(self) -> None:
        """Scopes are compared by the authorizer; what a verifier says may be used again for another request."""
        found = [
            self.make_verifier().verify(self.good_token, request)
            for request in (self._request(), request_to("/", method="DELETE", token=self.good_token))
        ]
        if all(token.reusable for token in found):
            _must(found[0] == found[1], "facts that depend on the request must have reusable=False")

    def test_the_token_itself_is_told_to_nobody(self) -> None:
        """Facts go to the backend, and messages into the log and to the client."""
        verifier = self.make_verifier()
        found = verifier.verify(self.good_token, self._request())
        _must(self.good_token not in repr(found), "the AccessToken must not hold the token")
        for asked in filter(None, (verifier, self.make_unavailable_verifier())):
            for token in (self.good_token, self.bad_token):
                try:
                    asked.verify(token, self._request())
                except (BearerTokenError, VerifierUnavailableError) as error:
                    _must(token not in str(error), "no message of an error may hold the token")

    def test_an_outage_is_no_refusal(self) -> None:
        """API Gateway keeps a refusal, and a client throws away a token that was refused."""
        verifier = self.make_unavailable_verifier()
        if verifier is None:
            return
        try:
            verifier.verify(self.good_token, self._request())
        except VerifierUnavailableError:
            return
        except BearerTokenError:
            raise AssertionError("a server that cannot be asked must be a VerifierUnavailableError") from None
        raise AssertionError("a server that cannot be asked must not make a token good")

    def _request(self) -> Request:
        return request_to(token=self.good_token)


def _must(condition: bool, message: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not condition:
        raise AssertionError(message)


def _is_refused(verifier: TokenVerifier, token: str, request: Request) -> bool:
    try:
        verifier.verify(token, request)
    except BearerTokenError:
        return True
    return False


def _damaged(token: str) -> Iterator[str]:
    yield token[:-1]
    yield f"{token}A"
    for place in {0, len(token) // 2, len(token) - 1}:
        other = "B" if token[place] == "A" else "A"
        yield f"{token[:place]}{other}{token[place + 1 :]}"
