"""An API behind an authorizer, and what its refusals look like on the wire."""

from collections.abc import Callable
from typing import Any, Literal

from apigw_oauth.gateway.api import Authorizer
from apigw_oauth.gateway.lambda_runtime import Function, function_from_callable
from tests.gateway.conftest import Serve
from tests.gateway.fakes import FakeFunction, api, mock_methods
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
