"""The outcomes of a REST API with a Lambda authorizer, through real HTTP and real function environments."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest

from apigw_oauth.gateway.api import Authorizer, GatewayResponse, LambdaProxy, Method, Mock
from apigw_oauth.gateway.lambda_runtime import Function, function_from_callable, function_from_file
from tests.gateway.conftest import Serve
from tests.gateway.fakes import FakeClock, FakeFunction, answer, api, mock_methods, policy
from tests.gateway.running_gateway import Reply, RunningGateway

HEADER = ("method.request.header.Authorization",)
UNAUTHORIZED = b'{"message":"Unauthorized"}'
CONFIGURATION = b'{"message":null}'
EXPLICIT = "User is not authorized to access this resource with an explicit deny in an identity-based policy"
IMPLICIT = (
    "User is not authorized to access this resource because no identity-based policy allows the"
    " execute-api:Invoke action"
)


def function(handler: Callable[[dict[str, Any], Any], object], timeout: float = 3.0) -> Function:
    return function_from_callable(lambda: handler, name="authorizer", timeout=timeout)


def raising(error: BaseException) -> Function:
    def handler(_event: dict[str, Any], _context: object) -> object:
        raise error

    return function(handler)


def returning(result: object) -> Function:
    return function(lambda _event, _context: result)


def guarded(
    serve: Serve,
    authorizer: Function | FakeFunction,
    *,
    type_: Literal["TOKEN", "REQUEST"] = "REQUEST",
    sources: tuple[str, ...] = HEADER,
    ttl: int = 300,
    **options: Any,
) -> RunningGateway:
    """Serve GET /x, GET /y and GET /pets/{id} behind an authorizer, and GET /open beside it."""
    definition = Authorizer(type_, sources, options.pop("validation", None), ttl, authorizer)
    methods = mock_methods("GET /x", "GET /y", "GET /pets/{id}", authorized=True)
    more = options.pop("api", {})
    return serve(api(*methods, *mock_methods("GET /open"), authorizer=definition, **more), **options)


def assert_error(reply: Reply, status: int, body: bytes, error_type: str) -> None:
    assert (reply.status, reply.body) == (status, body)
    assert reply.header("x-amzn-ErrorType") == error_type
    assert reply.header("Content-Type") == "application/json"
    assert reply.header("Content-Length") == str(len(body))
    assert len(reply.header("x-amzn-RequestId") or "") == 36
    assert (reply.header("x-amz-apigw-id") or "").endswith("=")
    assert reply.header("X-Amzn-Trace-Id") is None
    assert reply.header("WWW-Authenticate") is None


def assert_unauthorized(reply: Reply) -> None:
    assert_error(reply, 401, UNAUTHORIZED, "UnauthorizedException")


def assert_configuration_error(reply: Reply) -> None:
    assert_error(reply, 500, CONFIGURATION, "AuthorizerConfigurationException")


def assert_denied(reply: Reply, message: str) -> None:
    assert_error(reply, 403, f'{{"Message":"{message}"}}'.encode(), "AccessDeniedException")


class TestIdentitySources:
    @pytest.mark.parametrize("token", [None, ""])
    def test_a_token_authorizer_is_not_invoked_without_its_header(self, serve: Serve, token: str | None) -> None:
        fake = FakeFunction(lambda _: answer())
        gateway = guarded(serve, fake, type_="TOKEN")
        assert_unauthorized(gateway.get("/dev/x", token))
        assert fake.events == []
        assert gateway.records[-1].authorizer == "not invoked"
        assert gateway.records[-1].decision == "unauthorized"

    def test_a_token_that_fails_the_validation_expression_is_refused_uninvoked(self, serve: Serve) -> None:
        fake = FakeFunction(lambda _: answer())
        gateway = guarded(serve, fake, type_="TOKEN", validation=r"Bearer [a-z]+")
        assert_unauthorized(gateway.get("/dev/x", "Bearer abc; more"))
        assert fake.events == []
        assert gateway.get("/dev/x", "Bearer abc").status == 200
        assert "abc" not in str(gateway.records) + str(gateway.notices)

    @pytest.mark.parametrize("ttl", [0, 300])
    def test_every_identity_source_must_be_present_whatever_the_ttl(self, serve: Serve, ttl: int) -> None:
        fake = FakeFunction(lambda _: answer())
        sources = (*HEADER, "method.request.querystring.q")
        gateway = guarded(serve, fake, sources=sources, ttl=ttl)
        assert_unauthorized(gateway.get("/dev/x", "t"))
        assert_unauthorized(gateway.get("/dev/x?q=", "t"))
        assert_unauthorized(gateway.get("/dev/x?q=1"))
        assert fake.events == []
        assert gateway.get("/dev/x?q=1", "t").status == 200

    def test_without_identity_sources_and_cache_the_function_is_always_invoked(self, serve: Serve) -> None:
        fake = FakeFunction(lambda _: answer())
        gateway = guarded(serve, fake, sources=(), ttl=0)
        assert gateway.get("/dev/x").status == 200
        assert gateway.get("/dev/x").status == 200
        assert len(fake.events) == 2

    def test_the_last_value_of_a_repeated_token_header_is_passed_with_a_notice(self, serve: Serve) -> None:
        fake = FakeFunction(lambda _: answer())
        gateway = guarded(serve, fake, type_="TOKEN")
        gateway.send("GET", "/dev/x", [("Authorization", "first"), ("authorization", "second")])
        assert fake.events[0]["authorizationToken"] == "second"
        assert any("more than once" in notice for notice in gateway.notices)


class TestFailingFunctions:
    def test_raising_exactly_unauthorized_is_401(self, serve: Serve) -> None:
        gateway = guarded(serve, raising(Exception("Unauthorized")))
        assert_unauthorized(gateway.get("/dev/x", "t"))
        assert gateway.records[-1].reason == "the function raised Unauthorized"

    @pytest.mark.parametrize(
        "error",
        [
            Exception("unauthorized"),
            Exception("Unauthorized: expired"),
            Exception("Unauthorized "),
            Exception(""),
            KeyError("Unauthorized"),
            SystemExit("Unauthorized"),
            RuntimeError("boom"),
        ],
        ids=repr,
    )
    def test_raising_anything_else_is_500(self, serve: Serve, error: BaseException) -> None:
        gateway = guarded(serve, raising(error))
        assert_configuration_error(gateway.get("/dev/x", "t"))
        assert gateway.records[-1].decision == "error"

    def test_an_import_error_is_500_until_the_file_is_mended(self, serve: Serve, tmp_path: Path) -> None:
        file = tmp_path / "broken.py"
        file.write_text("import no_such_module_anywhere\n")
        gateway = guarded(serve, function_from_file("broken.py:handler", tmp_path))
        assert_configuration_error(gateway.get("/dev/x", "t"))
        assert any("no_such_module_anywhere" in notice for notice in gateway.notices)
        file.write_text(f"def handler(event, context):\n    return {answer()!r}\n")
        assert gateway.get("/dev/x", "t").status == 200

    def test_a_start_that_raises_unauthorized_is_500(self, serve: Serve) -> None:
        def start() -> Any:
            raise Exception("Unauthorized")  # noqa: TRY002 this very exception is the point

        assert_configuration_error(guarded(serve, function_from_callable(start, name="f")).get("/dev/x", "t"))

    def test_a_timeout_is_500_and_the_next_request_gets_a_fresh_environment(self, serve: Serve) -> None:
        release, starts = threading.Event(), []

        def start() -> Callable[[dict[str, Any], object], object]:
            starts.append(1)

            def handler(_event: dict[str, Any], _context: object) -> object:
                if len(starts) == 1:
                    release.wait(30)
                return answer()

            return handler

        gateway = guarded(serve, function_from_callable(start, name="slow", timeout=0.05))
        assert_configuration_error(gateway.get("/dev/x", "t"))
        assert any("Task timed out after 0.05 seconds" in notice for notice in gateway.notices)
        assert gateway.get("/dev/x", "t").status == 200
        assert len(starts) == 2
        release.set()

    def test_the_traceback_is_told_without_the_token(self, serve: Serve) -> None:
        def handler(event: dict[str, Any], _context: object) -> object:
            raise ValueError("cannot use " + event["headers"]["Authorization"])

        gateway = guarded(serve, function(handler))
        assert_configuration_error(gateway.get("/dev/x", "Bearer s3cr3t-t0ken"))
        told = "\n".join(gateway.notices) + str(gateway.records)
        assert "ValueError: cannot use [redacted]" in told
        assert "Traceback" in told
        assert "s3cr3t" not in told


MALFORMED: dict[str, object] = {
    "nothing": None,
    "empty string": "",
    "a string": "Allow",
    "a list": [],
    "an empty object": {},
    "simple response": {"isAuthorized": True},
    "unknown top-level key": answer(errorType="x"),
    "returned error message": {"errorMessage": "Unauthorized"},
    "no principal": {"policyDocument": policy()},
    "principal null": answer() | {"principalId": None},
    "no policy": {"principalId": "user"},
    "policy as JSON string": answer() | {"policyDocument": "{}"},
    "old version": answer() | {"policyDocument": policy() | {"Version": "2008-10-17"}},
    "statement as object": answer() | {"policyDocument": policy() | {"Statement": policy()["Statement"][0]}},
    "lower-case effect": answer("allow"),
    "condition null": answer() | {"policyDocument": policy(Condition=None)},
    "resource number": answer(resource=1),
    "long resource": answer(resource="arn:" + "a" * 509),
    "context array": answer(context={"a": []}),
    "context object": answer(context={"a": {}}),
    "context null value": answer(context={"a": None}),
    "context list": answer(context=[]),
    "context claims": answer(context={"claims": "x"}),
    "context principalId": answer(context={"principalId": "x"}),
    "not JSON": answer(context={"a": object()}),
}


class TestAnswers:
    @pytest.mark.parametrize("result", MALFORMED.values(), ids=MALFORMED.keys())
    def test_a_malformed_answer_is_500_with_an_explanation_and_not_cached(
        self, serve: Serve, result: object
    ) -> None:
        gateway = guarded(serve, returning(result))
        assert_configuration_error(gateway.get("/dev/x", "t"))
        assert gateway.notices
        gateway.get("/dev/x", "t")
        assert [record.authorizer for record in gateway.records] == ["invoked", "invoked"]

    def test_an_allow_reaches_the_integration(self, serve: Serve) -> None:
        gateway = guarded(serve, returning(answer()))
        reply = gateway.get("/dev/pets/7", "t")
        assert (reply.status, reply.json) == (200, "GET /pets/{id}")
        record = gateway.records[-1]
        assert (record.route, record.decision, record.authorizer) == ("GET /pets/{id}", "allow", "invoked")
        assert record.path == "/dev/pets/7"

    def test_no_matching_allow_is_an_implicit_deny(self, serve: Serve) -> None:
        assert_denied(guarded(serve, returning(answer(resource=[]))).get("/dev/x", "t"), IMPLICIT)

    def test_a_matching_deny_is_an_explicit_deny(self, serve: Serve) -> None:
        assert_denied(guarded(serve, returning(answer("Deny"))).get("/dev/x", "t"), EXPLICIT)

    def test_the_texts_of_before_2025_on_request(self, serve: Serve) -> None:
        gateway = guarded(serve, returning(answer("Deny")), legacy_access_denied_text=True)
        assert_denied(
            gateway.get("/dev/x", "t"), "User is not authorized to access this resource with an explicit deny"
        )
        gateway = guarded(serve, returning(answer(resource=[])), legacy_access_denied_text=True)
        reply = gateway.get("/dev/x", "t")
        assert_denied(reply, "User is not authorized to access this resource")
        assert reply.header("Content-Length") == "60"

    def test_the_authorizer_context_reaches_the_backend_as_strings(self, serve: Serve) -> None:
        backend = FakeFunction(lambda event: {"body": "", "statusCode": 200})
        authorizer = FakeFunction(lambda _: answer(context={"text": "v", "number": 1, "flag": True}))
        method = Method("GET", "/x", authorized=True, integration=LambdaProxy(backend))
        gateway = serve(api(method, authorizer=Authorizer("REQUEST", HEADER, None, 300, authorizer)))
        gateway.get("/dev/x", "t")
        gateway.get("/dev/x", "t")
        first, second = (event["requestContext"]["authorizer"] for event in backend.events)
        assert {**first, "integrationLatency": 0} == second
        assert second == {
            "principalId": "user", "integrationLatency": 0, "text": "v", "number": "1", "flag": "true",
        }  # fmt: skip
        assert isinstance(first["integrationLatency"], int)
        assert first["integrationLatency"] >= 1


class TestRouting:
    @pytest.mark.parametrize(("method", "target"), [("GET", "/dev/nope"), ("POST", "/dev/x"), ("HEAD", "/dev/x")])
    def test_an_unknown_route_is_403_before_any_authorizer(self, serve: Serve, method: str, target: str) -> None:
        fake = FakeFunction(lambda _: answer())
        reply = guarded(serve, fake).send(method, target, [("Authorization", "t")])
        assert reply.status == 403
        assert reply.header("x-amzn-ErrorType") == "MissingAuthenticationTokenException"
        assert reply.header("Content-Length") == "42"
        assert reply.body == (b"" if method == "HEAD" else b'{"message":"Missing Authentication Token"}')
        assert fake.events == []

    @pytest.mark.parametrize("target", ["/", "/x", "/devx", "/DEV/x", "/prod/x", "//dev/x", "*", "/dev%2Fx"])
    def test_a_path_outside_the_stage_is_forbidden(self, serve: Serve, target: str) -> None:
        method = "OPTIONS" if target == "*" else "GET"
        reply = guarded(serve, returning(answer())).send(method, target, [("Authorization", "t")])
        assert_error(reply, 403, b'{"message":"Forbidden"}', "ForbiddenException")

    def test_forbidden_cannot_be_customised(self, serve: Serve) -> None:
        responses = {"DEFAULT_4XX": GatewayResponse(status=418)}
        gateway = guarded(serve, returning(answer()), api={"gateway_responses": responses})
        assert gateway.get("/nowhere").status == 403
        assert gateway.get("/dev/nowhere").status == 418

    def test_an_arn_of_more_than_1600_bytes_is_414(self, serve: Serve) -> None:
        gateway = guarded(serve, returning(answer()))
        base = len("arn:aws:execute-api:eu-west-1:123456789012:puhdx84jy9/dev/GET/pets/")
        assert gateway.get("/dev/pets/" + "a" * (1600 - base), "t").status == 200
        reply = gateway.get("/dev/pets/" + "a" * (1601 - base), "t")
        assert (reply.status, reply.json) == (414, {"message": "Request URI too long"})

    def test_header_values_of_more_than_10240_bytes_are_431(self, serve: Serve) -> None:
        gateway = guarded(serve, returning(answer()))
        assert gateway.send("GET", "/dev/open", [("X-A", "a" * 10_000)]).status == 200
        assert gateway.send("GET", "/dev/open", [("X-A", "a" * 20_000)]).status == 431

    def test_a_body_of_more_than_ten_megabytes_is_413(self, serve: Serve) -> None:
        gateway = guarded(serve, returning(answer()))
        assert gateway.send("GET", "/dev/open", body=b"a" * (10 * 1024 * 1024)).status == 200
        reply = gateway.send("GET", "/dev/open", body=b"a" * (10 * 1024 * 1024 + 1))
        assert (reply.status, reply.json) == (413, {"message": "Request Too Long"})

    def test_a_public_route_has_no_authorizer(self, serve: Serve) -> None:
        gateway = guarded(serve, raising(Exception("never")))
        assert gateway.get("/dev/open").status == 200
        assert (gateway.records[-1].authorizer, gateway.records[-1].decision) == ("none", "public")

    def test_a_method_override_header_is_ignored_with_a_notice(self, serve: Serve) -> None:
        gateway = guarded(serve, returning(answer()))
        reply = gateway.send("GET", "/dev/open", [("X-HTTP-Method-Override", "DELETE")])
        assert reply.status == 200
        assert any("X-HTTP-Method-Override" in notice for notice in gateway.notices)


def only_this_route(event: dict[str, Any]) -> dict[str, Any]:
    return answer(resource=event["methodArn"])


class TestCache:
    def test_a_cached_allow_for_one_route_denies_another(self, serve: Serve) -> None:
        fake = FakeFunction(only_this_route)
        gateway = guarded(serve, fake)
        assert gateway.get("/dev/x", "t").status == 200
        assert_denied(gateway.get("/dev/y", "t"), IMPLICIT)
        assert gateway.get("/dev/x", "t").status == 200
        assert len(fake.events) == 1
        assert [record.authorizer for record in gateway.records] == ["invoked", "cached", "cached"]

    def test_a_cached_deny_stays(self, serve: Serve) -> None:
        fake = FakeFunction(lambda _: answer("Deny"))
        gateway = guarded(serve, fake)
        gateway.get("/dev/x", "t")
        fake.answer = lambda _: answer()
        assert_denied(gateway.get("/dev/x", "t"), EXPLICIT)

    def test_another_token_or_source_is_another_entry(self, serve: Serve) -> None:
        fake = FakeFunction(only_this_route)
        gateway = guarded(serve, fake, sources=(*HEADER, "context.resourceId", "context.httpMethod"))
        assert gateway.get("/dev/x", "t").status == 200
        assert gateway.get("/dev/y", "t").status == 200
        assert gateway.get("/dev/x", "u").status == 200
        assert gateway.get("/dev/x", "t").status == 200
        assert len(fake.events) == 3

    @pytest.mark.parametrize("message", ["Unauthorized", "boom"])
    def test_errors_are_not_cached(self, serve: Serve, message: str) -> None:
        calls: list[int] = []

        def handler(_event: dict[str, Any], _context: object) -> object:
            calls.append(1)
            if len(calls) == 1:
                raise Exception(message)  # noqa: TRY002 authorizers raise exactly this
            return answer()

        gateway = guarded(serve, function(handler))
        assert gateway.get("/dev/x", "t").status in {401, 500}
        assert gateway.get("/dev/x", "t").status == 200
        assert gateway.get("/dev/x", "t").status == 200
        assert len(calls) == 2

    def test_an_entry_lives_for_its_ttl(self, serve: Serve) -> None:
        fake, clock = FakeFunction(lambda _: answer()), FakeClock()
        gateway = guarded(serve, fake, ttl=60, clock=clock)
        gateway.get("/dev/x", "t")
        clock.now += 59.9
        gateway.get("/dev/x", "t")
        assert len(fake.events) == 1
        clock.now += 0.2
        gateway.get("/dev/x", "t")
        assert len(fake.events) == 2

    def test_a_ttl_of_zero_caches_nothing(self, serve: Serve) -> None:
        fake = FakeFunction(lambda _: answer())
        gateway = guarded(serve, fake, ttl=0)
        gateway.get("/dev/x", "t")
        gateway.get("/dev/x", "t")
        assert len(fake.events) == 2

    def test_the_control_plane_path_flushes_it(self, serve: Serve) -> None:
        fake = FakeFunction(lambda _: answer())
        gateway = guarded(serve, fake)
        gateway.get("/dev/x", "t")
        flush = "/restapis/puhdx84jy9/stages/{}/cache/authorizers"
        assert gateway.send("DELETE", flush.format("other")).status == 403
        gateway.get("/dev/x", "t")
        assert len(fake.events) == 1
        assert gateway.send("DELETE", flush.format("dev")).status == 202
        gateway.get("/dev/x", "t")
        assert len(fake.events) == 2

    def test_the_policy_is_evaluated_anew_with_the_time_of_each_request(self, serve: Serve) -> None:
        clock = FakeClock(1_000_000)
        condition = {"DateLessThanIfExists": {"aws:CurrentTime": "1970-01-12T13:47:00Z"}}
        fake = FakeFunction(lambda _: answer() | {"policyDocument": policy(Condition=condition)})
        gateway = guarded(serve, fake, clock=clock)
        assert gateway.get("/dev/x", "t").status == 200
        clock.now += 20
        assert_denied(gateway.get("/dev/x", "t"), IMPLICIT)
        assert len(fake.events) == 1


class TestGatewayResponses:
    def test_a_static_challenge_for_401(self, serve: Serve) -> None:
        responses = {"UNAUTHORIZED": GatewayResponse(headers={"WWW-Authenticate": "'Bearer realm=\"api\"'"})}
        gateway = guarded(serve, raising(Exception("Unauthorized")), api={"gateway_responses": responses})
        for reply in (gateway.get("/dev/x"), gateway.get("/dev/x", "t")):
            assert (reply.status, reply.json) == (401, {"message": "Unauthorized"})
            assert reply.header("WWW-Authenticate") == 'Bearer realm="api"'
            assert reply.header("x-amzn-ErrorType") == "UnauthorizedException"

    def test_a_dynamic_challenge_from_the_context_of_a_deny_cached_or_not(self, serve: Serve) -> None:
        challenge = 'Bearer error="insufficient_scope", scope="pets:read"'
        responses = {
            "ACCESS_DENIED": GatewayResponse(headers={"WWW-Authenticate": "context.authorizer.wwwAuthenticate"})
        }
        fake = FakeFunction(lambda _: answer("Deny", context={"wwwAuthenticate": challenge}))
        gateway = guarded(serve, fake, api={"gateway_responses": responses})
        for _ in range(2):
            reply = gateway.get("/dev/x", "t")
            assert (reply.status, reply.header("WWW-Authenticate")) == (403, challenge)
            assert reply.json == {"message": EXPLICIT}

    def test_after_a_raise_there_is_no_authorizer_context(self, serve: Serve) -> None:
        responses = {
            "DEFAULT_4XX": GatewayResponse(
                headers={"X-Principal": "context.authorizer.principalId"},
                templates={
                    "application/json": '{"p":"$context.authorizer.principalId","m":$context.error.messageString}'
                },
            )
        }
        fake = FakeFunction(lambda _: answer("Deny"))
        gateway = guarded(serve, fake, api={"gateway_responses": responses})
        denied = gateway.get("/dev/x", "t")
        assert denied.header("X-Principal") == "user"
        assert denied.json == {"p": "user", "m": EXPLICIT}
        missing = gateway.get("/dev/x")
        assert missing.header("X-Principal") is None
        assert missing.json == {"p": "", "m": "Unauthorized"}

    def test_one_status_of_ones_own_per_type(self, serve: Serve) -> None:
        responses = {"ACCESS_DENIED": GatewayResponse(status=401)}
        gateway = guarded(serve, returning(answer("Deny")), api={"gateway_responses": responses})
        assert gateway.get("/dev/x", "t").status == 401

    def test_a_context_value_cannot_inject_headers(self, serve: Serve) -> None:
        responses = {"ACCESS_DENIED": GatewayResponse(headers={"X-C": "context.authorizer.c"})}
        fake = FakeFunction(lambda _: answer("Deny", context={"c": "a\r\nX-Injected: 1"}))
        gateway = guarded(serve, fake, api={"gateway_responses": responses})
        reply = gateway.get("/dev/x", "t")
        assert reply.status == 403
        assert reply.header("X-C") is None
        assert reply.header("X-Injected") is None
        assert any("X-C" in notice for notice in gateway.notices)


def test_a_mistake_in_the_gateway_itself_is_500_and_told(serve: Serve) -> None:
    def broken(_event: dict[str, Any]) -> object:
        raise ZeroDivisionError

    methods = (Method("GET", "/x", authorized=False, integration=LambdaProxy(FakeFunction(broken))),)
    gateway = serve(api(*methods, Method("GET", "/y", authorized=False, integration=Mock("1"))))
    reply = gateway.get("/dev/x")
    assert (reply.status, reply.body) == (500, b'{"message": "Internal server error"}')
    assert any("the local gateway itself failed" in notice for notice in gateway.notices)
    assert gateway.get("/dev/y").status == 200
