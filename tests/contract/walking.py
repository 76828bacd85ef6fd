"""Two gateways that serve the same project, with and without a cache, and a client that walks through both."""

import http.client
import json
import socket
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from apigw_oauth.cli.local_stack.local_api import define, gateway_of
from apigw_oauth.gateway.api import RestApi
from apigw_oauth.gateway.exchange import RequestRecord
from apigw_oauth.gateway.http_api.api import DEFAULT, HttpApi
from apigw_oauth.gateway.http_api.http_gateway import HttpGateway
from apigw_oauth.gateway.http_messages import GatewayRequest, HttpResponse
from apigw_oauth.gateway.lambda_runtime import PythonFunction
from apigw_oauth.gateway.local_gateway import LocalGateway
from apigw_oauth.gateway.server import Server, create_app
from apigw_oauth.project import Project, load_project
from tests.contract.rules import Table, decoded, may, serve, trimmed
from tests.scripted_server import Behaviour, ScriptedServer, answer

Api = RestApi | HttpApi
NOBODY = (frozenset({"nobody"}),)
"""Requirement of a route that is open to nobody: the OpenAPI document has it, and says nothing of OAuth."""


class Setup(NamedTuple):
    """A type of API, the event and the answer of its authorizer, and the cache mode."""

    api_type: str
    cache: str
    authorizer: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.api_type, self.authorizer.replace("\n", " "), self.cache)))

    def load(self, table: Table, directory: Path, *, ttl: int) -> Project:
        """Write the project file (and the OpenAPI document) of a table, and read it."""
        ours = {key: any_of for key, any_of in table.items() if any_of != NOBODY}
        lines = [
            "[api]", f'type = "{self.api_type}"', 'openapi = "openapi.json"', "[authorizer]", f'cache = "{self.cache}"',
            f"cache_ttl = {ttl}", self.authorizer, "[routes]",
            *(f'"{key}" = {_requirement(any_of)}' for key, any_of in ours.items()),
        ]  # fmt: skip
        (directory / "openapi.json").write_text(json.dumps(_openapi(table.keys() - ours.keys())))
        (directory / "apigw-oauth.toml").write_text("\n".join(lines))
        return load_project(directory)


def _requirement(any_of: tuple[frozenset[str], ...]) -> str:
    return json.dumps({"any_of": [sorted(one) for one in any_of]}).replace(": ", " = ") if any_of else '"public"'


def _openapi(keys: Iterable[str]) -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for key in keys:
        method, _, path = key.partition(" ") if key != DEFAULT else ("ANY", "", f"/{DEFAULT}")
        name = "x-amazon-apigateway-any-method" if method == "ANY" else method.lower()
        paths.setdefault(path, {})[name] = {"responses": {"200": {"description": "done"}}}
    return {"openapi": "3.0.3", "info": {"title": "walk", "version": "1"}, "paths": paths}


def served_by(api_type: str, table: Table, verb: str, path: str) -> str | None:
    """Return the key of the route. HTTP APIs decode, try what has no `{name+}` first, and `$default` last."""
    if api_type == "rest":
        return serve(table, verb, trimmed(path))
    parts = trimmed(decoded(path))
    paths = [key for key in table if key != DEFAULT]
    full = {key: table[key] for key in paths if not key.endswith("+}")}
    greedy = {key: table[key] for key in paths if key.endswith("+}")}
    return serve(full, verb, parts) or serve(greedy, verb, parts) or (DEFAULT if DEFAULT in table else None)


class Visit(NamedTuple):
    """One request. Of its token the authorization server knows nothing but what the token itself says."""

    verb: str
    path: str
    token: str | None

    def __str__(self) -> str:
        return f"{self.verb} {self.path} with {self.token or 'no token'}"


UNKNOWN = "unknown"
"""A token of which the authorization server knows nothing."""


def token_of(granted: frozenset[str]) -> str:
    """Return the token that has these scopes."""
    return ".".join(["granted", *sorted(granted)])


def status_by_the_rules(setup: Setup, table: Table, visit: Visit) -> int:
    """Return how the request ends, by a direct reading of the table."""
    is_rest = setup.api_type == "rest"
    route = served_by(setup.api_type, table, visit.verb, visit.path)
    if route is None:
        return 403 if is_rest else 404
    if not table[route]:
        return 200
    if visit.token is None:
        return 401
    if visit.token != UNKNOWN and may(table, frozenset(visit.token.split(".")[1:]), route):
        return 200
    # Only REST APIs have a 401 from the function: for tokens that are not valid, or for every refusal.
    return 401 if is_rest and (visit.token == UNKNOWN or "dynamic-401" in setup.authorizer) else 403


def introspect(server: ScriptedServer) -> Behaviour:
    """Answer as Authlete, by what the token says."""

    def behaviour(connection: socket.socket) -> None:
        token = json.loads(server.requests.pop().partition(b"\r\n\r\n")[2])["token"]
        known, *granted = token.split(".")
        content = {"action": "OK", "subject": "john", "clientId": 1, "scopes": granted, "usable": True}
        if known == UNKNOWN:
            content = {"action": "UNAUTHORIZED", "resultCode": "A063301"}
        answer(json.dumps(content).encode())(connection)

    return behaviour


class Place:
    """Serves over HTTP what is put into it: a server takes longer to start than a walk."""

    def __init__(self) -> None:
        self.records: list[RequestRecord] = []
        self._gateway: LocalGateway | HttpGateway | None = None
        listener = socket.create_server(("127.0.0.1", 0))
        # Answers leave in two writes. asyncio sets this itself, but not for sockets made without a protocol number.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ready = threading.Event()
        self._server = Server(create_app(self), on_ready=ready.set)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]})
        self._thread.start()
        assert ready.wait(10)
        self._client = http.client.HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=10)

    def put(self, api: Api) -> None:
        """Serve this API from now on."""
        self.records.clear()
        gateway = gateway_of(api, on_request=self.records.append, on_notice=lambda _notice: None)
        assert isinstance(gateway, LocalGateway | HttpGateway)
        self._gateway = gateway

    @property
    def gateway(self) -> LocalGateway | HttpGateway:
        assert self._gateway is not None
        return self._gateway

    @property
    def api(self) -> Api:
        return self.gateway.api

    async def handle(self, request: GatewayRequest) -> HttpResponse:
        return await self.gateway.handle(request)

    def flush_authorizer_cache(self) -> None:
        self.gateway.flush_authorizer_cache()

    async def aclose(self) -> None:
        await self.gateway.aclose()

    def send(self, visit: Visit) -> int:
        """Send the request, exactly so, and return the status."""
        prefix = "" if self.api.stage == DEFAULT else f"/{self.api.stage}"
        headers = {} if visit.token is None else {"Authorization": f"Bearer {visit.token}"}
        return self._status(visit.verb, f"{prefix}{visit.path}", headers)

    def flush(self) -> None:
        """Forget all answers, as the control plane does."""
        place = f"{self.api.api_id}/stages/{self.api.stage}/cache/authorizers"
        assert self._status("DELETE", f"/restapis/{place}", {}) == 202

    def _status(self, verb: str, target: str, headers: dict[str, str]) -> int:
        self._client.request(verb, target, headers=headers)
        with self._client.getresponse() as response:
            response.read()
            return response.status

    def close(self) -> None:
        self._client.close()
        self._server.should_exit = True
        self._thread.join(10)
        assert not self._thread.is_alive()


class Step(NamedTuple):
    """One request of a walk, how it ended, and for which request the answer was made that was kept, if it was."""

    visit: Visit
    status: int
    without_cache: int
    by_the_rules: int
    kept_from: Visit | None

    @property
    def is_kept(self) -> bool:
        return self.kept_from is not None

    @property
    def is_right(self) -> bool:
        return self.status == self.without_cache == self.by_the_rules

    @property
    def is_wider(self) -> bool:
        return self.status == 200 and (self.without_cache, self.by_the_rules) != (200, 200)

    @property
    def is_narrower(self) -> bool:
        return self.status != 200 and 200 in {self.without_cache, self.by_the_rules}

    def __str__(self) -> str:
        kept = f" (kept from {self.kept_from})" if self.kept_from else ""
        return (
            f"{self.visit}: {self.status}{kept}, without a cache {self.without_cache}, by the rules"
            f" {self.by_the_rules}"
        )


class Walker:
    """A client of two gateways that serve the same API, one of them without a cache."""

    def __init__(self) -> None:
        self._with_cache, self._without_cache = Place(), Place()
        self._authlete = ScriptedServer(answer())
        self._authlete._behaviours[:] = [introspect(self._authlete)]
        self._functions: list[PythonFunction] = []

    def define(self, project: Project) -> Api:
        """Define the API as `serve` does."""
        local = {"base_url": self._authlete.url, "api_key": "1", "api_secret": "s"}
        api = define(project, local=local, log=lambda _line: None)
        assert isinstance(api, Api)
        assert api.authorizer is not None
        assert isinstance(api.authorizer.function, PythonFunction)
        self._functions.append(api.authorizer.function)
        return api

    def walk(
        self, setup: Setup, table: Table, apis: tuple[Api, Api], rounds: Iterable[Iterable[Visit]]
    ) -> Iterator[Step]:
        """Walk through two definitions of the API of a table, with a cache and without; each round begins anew."""
        self._with_cache.put(apis[0])
        self._without_cache.put(apis[1])
        for visits in rounds:
            self._with_cache.flush()
            asked: dict[tuple[object, ...], Visit] = {}
            without_cache: dict[Visit, int] = {}
            for visit in visits:
                if visit not in without_cache:
                    without_cache[visit] = self._without_cache.send(visit)
                status = self._with_cache.send(visit)
                by_the_rules = status_by_the_rules(setup, table, visit)
                yield Step(visit, status, without_cache[visit], by_the_rules, self._kept_from(visit, asked))
        self._end_functions()

    def _kept_from(self, visit: Visit, asked: dict[tuple[object, ...], Visit]) -> Visit | None:
        """Return the request for which the answer was made that was just used, or None if it is new."""
        api, record = self._with_cache.api, self._with_cache.records[-1]
        has_route = api.authorizer is not None and len(api.authorizer.identity_sources) > 1
        key = (visit.token, record.route, isinstance(api, RestApi) and visit.verb) if has_route else (visit.token,)
        if record.authorizer == "invoked":
            asked[key] = visit
        return asked[key] if record.authorizer == "cached" else None

    def _end_functions(self) -> None:
        """End the threads of the authorizers, and with them their connections."""
        for function in self._functions:
            if function._environment is not None:
                function._forget(function._environment)
        self._functions.clear()

    def __enter__(self) -> Self:
        self._authlete.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_functions()
        self._with_cache.close()
        self._without_cache.close()
        self._authlete.__exit__(kind, error, trace)
