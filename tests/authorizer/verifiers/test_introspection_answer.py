"""Which answers of an introspection endpoint are verdicts, and whose mistake the others are."""

import pytest

from apigw_oauth.authorizer.errors import InvalidTokenError, VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers.http_client import HttpAnswer
from apigw_oauth.authorizer.verifiers.introspection_answer import PlainForm

JSON = "application/json;charset=UTF-8"


def read(status: int, body: bytes, content_type: str = JSON, *, errors_refuse: bool = False) -> object:
    return PlainForm(errors_refuse=errors_refuse).read(HttpAnswer(status, content_type, body, 3.0))


def test_a_json_object_is_a_verdict_whatever_the_parameters_of_its_type():
    assert read(200, b'{"active":false}') == {"active": False}
    assert read(200, b"{}", "Application/JSON") == {}


@pytest.mark.rule("R28")
@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/jwt", "application/problem+json", "text/json"]
)
def test_an_answer_of_another_type_is_nonsense(content_type):
    with pytest.raises(VerifierUnavailableError, match="not JSON") as caught:
        read(200, b'{"active":false}', content_type)
    assert caught.value.reason is Reason.AUTHORIZATION_SERVER_NONSENSE


@pytest.mark.rule("R28")
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, b""), (401, b'{"error":"invalid_client"}'), (403, b"<html>"), (400, b'{"error":"invalid_client"}'),
        (400, b'{"error":"unauthorized_client"}'), (401, b'{"active":false}'), (401, b'{"error":"invalid_token"}'),
        (400, b'{"error":"access_denied"}'),
    ],
)  # fmt: skip
@pytest.mark.parametrize("errors_refuse", [False, True])
def test_a_server_that_refuses_our_own_credentials_refuses_no_token(status, body, errors_refuse):
    with pytest.raises(VerifierUnavailableError, match="refuses our own credentials") as caught:
        read(status, body, errors_refuse=errors_refuse)
    assert caught.value.reason is Reason.CREDENTIALS_REFUSED


@pytest.mark.rule("R28", "R30")
@pytest.mark.parametrize("status", [201, 204, 206, 302, 304, 400, 404, 405, 415, 429, 500, 502, 503])
def test_any_other_status_is_an_outage_and_says_when_to_ask_again(status):
    with pytest.raises(VerifierUnavailableError, match=f"HTTP {status}") as caught:
        read(status, b'{"active":false}')
    assert caught.value.reason is Reason.AUTHORIZATION_SERVER_ERROR
    assert caught.value.retry_after == 3


@pytest.mark.rule("R28")
@pytest.mark.parametrize("error", [b"invalid_token", b"unsupported_token_type"])
def test_an_error_that_names_the_token_is_an_outage_and_the_message_names_the_switch(error):
    with pytest.raises(VerifierUnavailableError, match="set invalid_token_errors"):
        read(400, b'{"error":"%s"}' % error)


@pytest.mark.parametrize("error", [b"invalid_token", b"unsupported_token_type"])
def test_an_error_that_names_the_token_refuses_it_where_the_settings_say_so(error):
    with pytest.raises(InvalidTokenError) as caught:
        read(400, b'{"error":"%s","error_description":"not recognised"}' % error, errors_refuse=True)
    assert caught.value.reason is Reason.INACTIVE_TOKEN


@pytest.mark.parametrize(
    ("status", "body", "content_type"),
    [
        (400, b'{"error":"invalid_request"}', JSON), (400, b'{"error":["invalid_token"]}', JSON), (400, b"", JSON),
        (400, b'{"error":"Invalid_Token"}', JSON), (400, b'{"error":"invalid_token"}', "text/plain"),
        (400, b'{"error":"invalid_token","error":"invalid_token"}', JSON), (500, b'{"error":"invalid_token"}', JSON),
        (404, b'{"error":"invalid_token"}', JSON), (400, b'["invalid_token"]', JSON),
    ],
)  # fmt: skip
def test_no_other_error_refuses_a_token(status, body, content_type):
    with pytest.raises(VerifierUnavailableError):
        read(status, body, content_type, errors_refuse=True)


@pytest.mark.rule("I15")
def test_nothing_that_the_server_says_gets_into_a_message_but_a_registered_error_code():
    for body in (b'{"error":"geheim"}', b'{"error":"invalid_client","error_description":"geheim"}', b"geheim"):
        for status in (200, 400, 401, 500):
            with pytest.raises(VerifierUnavailableError) as caught:
                read(status, body, "text/geheim" if status == 200 else JSON)
            assert "geheim" not in str(caught.value)
    with pytest.raises(VerifierUnavailableError, match="HTTP 400, invalid_client"):
        read(400, b'{"error":"invalid_client"}')


@pytest.mark.rule("R28", "R30")
@pytest.mark.parametrize(
    ("status", "alone"),
    [(400, True), (404, True), (415, True), (408, False), (429, False), (500, False), (503, False)],
)
def test_a_status_that_may_be_about_the_token_is_told_from_one_of_the_server(status, alone):
    with pytest.raises(VerifierUnavailableError) as caught:
        read(status, b"{}")
    assert caught.value.about_one_token == alone
