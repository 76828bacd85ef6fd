"""Two gateways that serve the same project, with and without a cache, and a client that walks through both."""

import http.client
import json
import socket
import threading
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import NamedTuple, Self

from apigw_oauth.cli.local_stack.local_api import define, gateway_of
from apigw_oauth.gateway.api import RestApi
from apigw_oauth.gateway.exchange import RequestRecord
from apigw_oauth.gateway.http_api.api import DEFAULT, HttpApi
from apigw_oauth.gateway.http_api.http_gateway import HttpGateway
from apigw_oauth.gateway.http_messages import GatewayRequest, HttpResponse
from apigw_oauth.gateway.lambda_runtime import PythonFunction
from apigw_oauth.gateway.local_gateway import LocalGateway
from apigw_oauth.gateway.server import Server, create_app
from apigw_oauth.project import Project
from tests.contract.rules import Table
from tests.contract.walk_setup import UNKNOWN, Setup, Visit, status_by_the_rules
from tests.scripted_server import Behaviour, ScriptedServer, answer

Api = RestApi | HttpApi


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
        """Walk through two definitions of the API of a table, with a cache and without; each round begins anew.

        Without a cache each request is sent once: nothing of it remains that the next one could find.
        """
        self._with_cache.put(apis[0])
        self._without_cache.put(apis[1])
        without_cache: dict[Visit, int] = {}
        for visits in rounds:
            self._with_cache.flush()
            asked: dict[tuple[object, ...], Visit] = {}
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
