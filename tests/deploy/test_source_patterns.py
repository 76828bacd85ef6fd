"""For which requests functions may be invoked."""

from apigw_oauth.deploy import source_patterns
from apigw_oauth.deploy.blueprint import Backend, Blueprint, Route, ToFunction, ToNobody
from tests.deploy.templates import cases

HELLO = Backend("FunctionsHello", "functions.hello")


def blueprint(*keys: str) -> Blueprint:
    routes = (key.rpartition(" ") for key in keys)
    return cases.blueprint("httpapi")._replace(
        routes=tuple(
            Route(method, path, authorized=True, integration=ToFunction(HELLO)) for method, _, path in routes
        )
    )


def test_a_function_may_be_invoked_for_its_routes_in_any_stage():
    deployed = blueprint("GET /", "ANY /pets/{id}", "POST /files/{proxy+}", "$default", "$connect", "hello")
    assert source_patterns.of_backend(deployed, HELLO) == (
        "*/GET/",
        "*/*/pets/*",
        "*/POST/files/*",
        "*/$default",
        "*/$connect",
        "*/hello",
    )


def test_routes_of_one_pattern_need_one_permission():
    assert source_patterns.of_backend(blueprint("GET /a/{b}", "GET /a/{c+}"), HELLO) == ("*/GET/a/*",)


def test_a_function_may_not_be_invoked_for_routes_of_another():
    other = Backend("FunctionsOther", "functions.other")
    assert source_patterns.of_backend(blueprint("GET /a"), other) == ()


def test_so_many_routes_that_their_permissions_would_not_fit_into_one_policy_are_allowed_as_a_whole():
    assert source_patterns.of_backend(blueprint(*(f"GET /r{number}" for number in range(26))), HELLO) == ("*",)


def test_what_nobody_answers_is_answered_by_one_function():
    nobody = Route("GET", "/health", authorized=False, integration=ToNobody("{}"))
    deployed = blueprint("GET /pets")
    assert source_patterns.of_static_responses(deployed._replace(routes=(*deployed.routes, nobody))) == (
        "*/GET/health",
    )
