import pytest

from apigw_oauth.gateway.api import ApiDefinitionError, HttpProxy, Mock
from apigw_oauth.gateway.websocket_api.api import WebSocketAuthorizer, WebSocketRoute
from tests.gateway.fakes import FakeFunction
from tests.gateway.websocket_api.websocket_apis import HEADER, ok, route, websocket_api


@pytest.mark.parametrize("key", ["", "$other", "$Connect"])
def test_a_route_key_is_one_of_the_three_or_a_name(key: str) -> None:
    with pytest.raises(ApiDefinitionError, match=r"neither \$connect"):
        route(key)


@pytest.mark.parametrize("key", ["$disconnect", "$default", "say"])
def test_only_connect_can_have_an_authorizer(key: str) -> None:
    with pytest.raises(ApiDefinitionError, match=r"only \$connect can have an authorizer"):
        route(key, authorized=True)


def test_http_integrations_are_refused() -> None:
    with pytest.raises(ApiDefinitionError, match="name a function"):
        WebSocketRoute("say", HttpProxy("http://127.0.0.1/"))


@pytest.mark.parametrize(
    "source",
    [
        "method.request.header.Auth",
        "$request.header.Auth",
        "route.request.path.id",
        "route.request.header.",
        "Auth",
    ],
)
def test_identity_sources_have_the_form_of_websocket_apis(source: str) -> None:
    with pytest.raises(ApiDefinitionError, match=r"not route\.request\.header"):
        WebSocketAuthorizer((source,), FakeFunction(ok))


def test_a_context_variable_that_is_not_known_is_refused() -> None:
    with pytest.raises(ApiDefinitionError, match="context variables are apiId, connectedAt"):
        WebSocketAuthorizer(("context.resourcePath",), FakeFunction(ok))


def test_every_kind_of_identity_source_is_accepted() -> None:
    sources = (HEADER, "route.request.querystring.a b", "context.connectionId", "stageVariables.tier")
    assert WebSocketAuthorizer(sources, FakeFunction(ok)).identity_sources == sources


def test_a_route_key_is_there_once() -> None:
    with pytest.raises(ApiDefinitionError, match="two routes say"):
        websocket_api(route("say"), route("say"))


def test_an_authorized_route_needs_an_authorizer() -> None:
    with pytest.raises(ApiDefinitionError, match="has no authorizer"):
        websocket_api(route("$connect", authorized=True))


@pytest.mark.parametrize("stage", ["", "a/b", "$default", "x" * 129])
def test_a_stage_is_a_name(stage: str) -> None:
    with pytest.raises(ApiDefinitionError, match="stage"):
        websocket_api(stage=stage)


def test_a_selection_expression_that_cannot_be_evaluated_is_refused() -> None:
    with pytest.raises(ApiDefinitionError, match="route selection expression"):
        websocket_api(route_selection_expression="$request.header.x")


def test_an_arn_has_no_verb_and_an_identifier_is_made_up() -> None:
    assert websocket_api().arn("$connect") == "arn:aws:execute-api:us-east-1:123456789012:abcdef123/dev/$connect"
    assert websocket_api(api_id="").api_id == websocket_api(api_id="").api_id != ""


def test_routes_are_found_by_their_key() -> None:
    api = websocket_api(WebSocketRoute("say", Mock("{}")))
    assert api.route("say") is api.routes[0]
    assert api.route("Say") is None
