"""The outcomes of a REST API with a Lambda authorizer, through real HTTP and real function environments."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from apigw_oauth.gateway.lambda_runtime import function_from_callable, function_from_file
from tests.gateway.conftest import Serve
from tests.gateway.fakes import FakeFunction, answer
from tests.gateway.guarded_api import (
    HEADER,
    assert_configuration_error,
    assert_unauthorized,
    function,
    guarded,
    raising,
)


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

        gateway = guarded(serve, function_from_callable(start, name="slow", timeout=0.3))
        assert_configuration_error(gateway.get("/dev/x", "t"))
        assert any("Task timed out after 0.30 seconds" in notice for notice in gateway.notices)
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

    def test_an_exception_named_after_the_token_is_told_without_it(self, serve: Serve) -> None:
        def handler(event: dict[str, Any], _context: object) -> object:
            raise type(event["headers"]["Authorization"], (Exception,), {})

        gateway = guarded(serve, function(handler))
        assert_configuration_error(gateway.get("/dev/x", "Bearer s3cr3t-t0ken"))
        assert gateway.records[-1].reason == "the function failed: [redacted]"
        assert "s3cr3t" not in "\n".join(gateway.notices)
