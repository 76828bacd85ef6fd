"""The suite finds what is wrong: each of these verifiers has one fault."""

import re
import subprocess
import sys
from typing import Any

import pytest

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InvalidTokenError, VerifierUnavailableError
from apigw_oauth.authorizer.verifier import TokenVerifier
from apigw_oauth.testing import TokenVerifierConformance, request_to


class Honest:
    def recognizes(self, token: str) -> bool:
        return token.startswith("my-")

    def verify(self, token: str, request: Any) -> AccessToken:
        if token != "my-good":
            raise InvalidTokenError("no")
        return AccessToken(subject="john")


class Crashes(Honest):
    def verify(self, token, request):
        if token == "my-bad":
            raise KeyError(token)
        return super().verify(token, request)


class TakesEverything(Honest):
    def verify(self, token, request):
        return super().verify(token if token == "my-bad" else "my-good", request)


class SaysMaybe(Honest):
    def recognizes(self, token: str) -> Any:
        return super().recognizes(token) or None


class TellsTheToken(Honest):
    def verify(self, token, request):
        return super().verify(token, request)._replace(claims={"token": token})


class TellsTheBadToken(Honest):
    def verify(self, token, request):
        if token != "my-good":
            raise InvalidTokenError(f"{token} is bad")
        return AccessToken()


class LooksAtTheRequest(Honest):
    def verify(self, token, request):
        return super().verify(token, request)._replace(subject=request.method)


class ScopesAsText(Honest):
    def verify(self, token, request):
        scopes: Any = "a b"
        return super().verify(token, request)._replace(scopes=scopes)


class Returns(Honest):
    def verify(self, token, request) -> Any:
        return {"active": True} if token == "my-good" else super().verify(token, request)


class RefusesInAnOutage(Honest):
    def verify(self, token, request):
        raise InvalidTokenError("no answer")


class Down(Honest):
    def verify(self, token, request):
        raise VerifierUnavailableError("down")


def suite(verifier: type[Honest], unavailable: type[Honest] | None = Down) -> TokenVerifierConformance:
    class Suite(TokenVerifierConformance):
        good_token, bad_token, foreign_token = "my-good", "my-bad", "yours"

        def make_verifier(self) -> TokenVerifier:
            return verifier()

        def make_unavailable_verifier(self) -> TokenVerifier | None:
            return unavailable() if unavailable else None

    return Suite()


def complaints(tests: TokenVerifierConformance) -> list[str]:
    found = []
    for name in dir(tests):
        if name.startswith("test_"):
            try:
                getattr(tests, name)()
            except Exception as error:  # noqa: BLE001 - a test may fail in any way
                found.append(str(error))
    return found


@pytest.mark.parametrize(
    ("verifier", "unavailable", "complaint"),
    [
        (Crashes, Down, "my-bad"), (TakesEverything, Down, "a damaged good_token must be refused"),
        (TellsTheToken, Down, "the AccessToken must not hold"),
        (TellsTheBadToken, Down, "no message of an error may hold the token"), (LooksAtTheRequest, Down, "must have reusable=False"),
        (ScopesAsText, Down, "has a wrong scopes"), (Returns, Down, "must return an AccessToken"),
        (Honest, RefusesInAnOutage, "must be a VerifierUnavailableError"), (Honest, Honest, "must not make a token good"),
        (Honest, SaysMaybe, "recognizes must return True or False"),
    ],
)  # fmt: skip
def test_the_suite_finds_what_is_wrong(verifier, unavailable, complaint):
    assert any(re.search(complaint, one) for one in complaints(suite(verifier, unavailable)))


def test_the_suite_has_nothing_to_say_against_a_good_verifier():
    assert complaints(suite(Honest)) == complaints(suite(Honest, None)) == []


def test_the_suite_says_what_it_needs():
    with pytest.raises(NotImplementedError, match="define make_verifier"):
        TokenVerifierConformance().make_verifier()


def test_the_request_of_the_suite_is_one_as_the_authorizer_makes_them():
    request = request_to("/x", method="POST", token="t")
    assert (request.method, request.path, request.headers["authorization"]) == ("POST", "/x", ("Bearer t",))
    assert request.method_arn.verb == "POST"


def test_the_suite_loads_nothing_of_pytest():
    code = "import sys, apigw_oauth.testing; print('pytest' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
