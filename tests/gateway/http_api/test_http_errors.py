import pytest

from apigw_oauth.gateway.http_api import http_errors
from apigw_oauth.gateway.http_messages import GatewayRequest
from apigw_oauth.gateway.refusal import RefusedError
from tests.gateway.rest_requests import IDS


@pytest.mark.parametrize("kind", ["AUTHORIZER_CONFIGURATION_ERROR", "API_CONFIGURATION_ERROR", "ANYTHING"])
def test_what_has_no_response_of_its_own_is_500(kind: str) -> None:
    found = http_errors.render(RefusedError(kind, reason="secret", message="secret", status=200), IDS)
    assert (found.status, found.body) == (500, b'{"message":"Internal Server Error"}')


def test_the_limits_of_a_request() -> None:
    path = "/" + "a" * (10_240 - len("GET") - 1 - len("value"))
    http_errors.check_size(GatewayRequest("GET", path, (("X-Name", "value"),)))
    for wire in (
        GatewayRequest("GET", path, (("X", "value1"),)),
        GatewayRequest("GET", f"{path}a", (("X", "value"),)),
    ):
        with pytest.raises(RefusedError) as caught:
            http_errors.check_size(wire)
        assert http_errors.render(caught.value, IDS).status == 431
    with pytest.raises(RefusedError) as caught:
        http_errors.check_size(GatewayRequest("POST", "/", body_too_large=True))
    assert http_errors.render(caught.value, IDS).status == 413
