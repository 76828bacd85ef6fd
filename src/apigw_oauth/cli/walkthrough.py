"""The walkthrough of Authlete's article of 2016, step by step, with real HTTP.

Each step is what a person would type, and the answer to it; a step that goes wrong ends the walkthrough.
"""

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2

from apigw_oauth.cli.example_route import ExampleRoute

_TICKET = re.compile(r'name="ticket" value="([^"]*)"')
_FIND_TICKET = r"""sed -n 's/.*name="ticket" value="\([^"]*\)".*/\1/p'"""
_TOLD = ("location", "www-authenticate", "x-amzn-errortype", "content-type")


class StepFailedError(Exception):
    """A step did not go as it must; the message says which, and what came instead."""


class Step(NamedTuple):
    """One step: the commands that a person would type, and the last answer."""

    number: int
    title: str
    commands: list[str]
    status: int
    headers: dict[str, str]
    body: str
    remark: str = ""


class Walkthrough:
    """Walks through the six steps against servers that run."""

    def __init__(
        self,
        servers: Mapping[str, Any],
        route: ExampleRoute,
        http: httpx2.Client,
        record_of: Callable[[str], Mapping[str, Any]],
        *,
        expected: object = None,
        cached: bool = True,
        ask_for_mock: bool = False,
    ) -> None:
        """Set up: `servers` is the ready document of `serve`, `record_of` gives its line about a request.

        `expected` is the JSON that the route answers, if it is known; `cached`, whether the authorizer has a TTL;
        `ask_for_mock`, whether the request must say that it wants the mock redirection page.
        """
        self._api = servers["authserver"]
        self._credentials = (servers["service_api_key"], servers["service_api_secret"])
        self._client_id = servers["clients"][0]["client_id"]
        self._url = servers["gateway"] + route.path
        self._scope = route.scope
        self._http = http
        self._record_of = record_of
        self._expected = expected
        self._cached = cached
        self._ask_for_mock = ask_for_mock

    def steps(self) -> Iterator[Step]:
        """Take the steps one by one. Raises StepFailedError."""
        yield self._without_token()
        token, step = self._log_in()
        yield step
        yield self._with_token(3, "The API with the access token", token)
        yield self._without_scope()
        yield self._revoked()
        yield self._again(token)

    def _without_token(self) -> Step:
        answer = self._http.get(self._url)
        self._require(1, answer, 401)
        if "www-authenticate" not in answer.headers:
            raise StepFailedError("step 1: the refusal has no WWW-Authenticate header")
        return _step(1, "The API without an access token", [f"curl -i {self._url}"], answer)

    def _log_in(self) -> tuple[str, Step]:
        """Use the authorization page as a browser does: get it, post its form, follow to the redirect URI."""
        key, secret = self._credentials
        page = f"{self._api}/api/auth/authorization/direct/{key}"
        asked = {"response_type": "token", "client_id": self._client_id, "scope": self._scope}
        if self._ask_for_mock:
            asked["redirect_uri"] = f"{self._api}/api/mock/redirection/{key}"
        query = urlencode(asked)
        shown = self._http.get(f"{page}?{query}")
        self._require(2, shown, 200)
        ticket = _TICKET.search(shown.text)
        if ticket is None:
            raise StepFailedError("step 2: the authorization page has no form to log in with")
        form = {"ticket": ticket[1], "loginId": key, "password": secret, "authorized": "true"}
        answer = self._http.post(f"{page}/decision", data=form)
        self._require(2, answer, 302, 303)
        granted = parse_qs(urlsplit(answer.headers["location"]).fragment)
        if "access_token" not in granted:
            raise StepFailedError(f"step 2: the redirect has no access token: {answer.headers['location']}")
        get = f"curl -s -c cookies.txt {shlex.quote(f'{page}?{query}')}"
        posted = f'-d "ticket=$TICKET" -d loginId={key} -d password={secret} -d authorized=true'
        commands = [f"TICKET=$({get} | {_FIND_TICKET})", f"curl -i -b cookies.txt {posted} {page}/decision"]
        remark = f"Or open it in a browser, and log in with {key} and {secret}:\n{page}?{query}"
        return granted["access_token"][0], _step(
            2, "The authorization page: log in, and get an access token", commands, answer, remark
        )

    def _with_token(self, number: int, title: str, token: str) -> Step:
        answer = self._get(token)
        self._require(number, answer, 200)
        if self._expected is not None and answer.json() != self._expected:
            raise StepFailedError(f"step {number}: the API answered {answer.text}")
        return _step(number, title, [self._curl(token)], answer)

    def _again(self, token: str) -> Step:
        how = "answered from API Gateway's cache" if self._cached else "the cache is off"
        again = self._with_token(6, f"The same token again: {how}", token)
        used = self._record_of(again.headers["x-amzn-requestid"])["authorizer"]
        if used != ("cached" if self._cached else "invoked"):
            raise StepFailedError(f"step 6: the authorizer was {used}, but {how}")
        return again._replace(remark=f"The authorizer was {'not ' if self._cached else ''}invoked.")

    def _without_scope(self) -> Step:
        token, command = self._create([])
        answer = self._get(token)
        self._require(4, answer, 403, 401)
        if "insufficient_scope" not in answer.headers.get("www-authenticate", ""):
            raise StepFailedError("step 4: WWW-Authenticate does not say insufficient_scope")
        return _step(4, "A token without the scope", [command, self._curl(token)], answer)

    def _revoked(self) -> Step:
        token, create = self._create(self._scope.split())
        wanted = {"accessTokenIdentifier": token}
        revoked = self._http.post(f"{self._api}/api/auth/token/revoke", json=wanted, auth=self._credentials)
        self._require(5, revoked, 200)
        answer = self._get(token)
        self._require(5, answer, 401)
        commands = [create, self._curl_api("token/revoke", wanted), self._curl(token)]
        return _step(5, "A token that was revoked before it was used", commands, answer)

    def _create(self, scopes: list[str]) -> tuple[str, str]:
        wanted = {"grantType": "CLIENT_CREDENTIALS", "clientIdentifier": self._client_id, "scopes": scopes}
        created = self._http.post(f"{self._api}/api/auth/token/create", json=wanted, auth=self._credentials)
        if created.status_code != 200 or "accessToken" not in created.json():
            raise StepFailedError(f"the authorization server made no token: {created.text}")
        return created.json()["accessToken"], self._curl_api("token/create", wanted)

    def _get(self, token: str) -> httpx2.Response:
        return self._http.get(self._url, headers={"Authorization": f"Bearer {token}"})

    def _curl(self, token: str) -> str:
        return f"curl -i -H 'Authorization: Bearer {token}' {self._url}"

    def _curl_api(self, operation: str, body: Mapping[str, Any]) -> str:
        content = f"-H 'Content-Type: application/json' -d {shlex.quote(json.dumps(body))}"
        return f"curl -s -u {':'.join(self._credentials)} {content} {self._api}/api/auth/{operation}"

    def _require(self, number: int, answer: httpx2.Response, *statuses: int) -> None:
        if answer.status_code not in statuses:
            raise StepFailedError(
                f"step {number}: {answer.request.method} {answer.request.url} was answered with"
                f" {answer.status_code}, not {statuses[0]}: {answer.text[:300]}"
            )


def _step(number: int, title: str, commands: list[str], answer: httpx2.Response, remark: str = "") -> Step:
    body = answer.text if answer.headers.get("content-type", "").startswith("application/json") else ""
    return Step(number, title, commands, answer.status_code, dict(answer.headers), body, remark)


def told_headers(step: Step) -> dict[str, str]:
    """Return the headers of a step's answer that tell something."""
    return {name: value for name, value in step.headers.items() if name in _TOLD}
