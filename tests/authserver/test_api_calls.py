import json

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authserver.api_calls import MAX_BODY, ApiError, Parameters, parameters_of_form
from tests.authserver.servers import Running

VALUES = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.integers() | st.text())
READERS = [
    Parameters.text,
    Parameters.texts,
    Parameters.integer,
    Parameters.flag,
    Parameters.tables,
    Parameters.table,
    Parameters.has,
]


@given(VALUES, st.booleans(), st.sampled_from(READERS))
def test_a_value_is_read_or_refused_by_name(value, form, reader):
    try:
        reader(Parameters({"x": value}, form=form and isinstance(value, str)), "x")
    except ApiError as error:
        assert (error.status, error.code, error.values[0]) == (400, "DEV104", "x")


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        (Parameters.text, 1),
        (Parameters.texts, "a b"),
        (Parameters.texts, ["a", 1]),
        (Parameters.integer, "1"),
        (Parameters.integer, 1.5),
        (Parameters.integer, -1),
        (Parameters.integer, True),
        (Parameters.integer, 2**63),
        (Parameters.flag, "true"),
        (Parameters.flag, 0),
        (Parameters.tables, [1]),
        (Parameters.table, []),
    ],
)
def test_json_types_are_strict(reader, value):
    with pytest.raises(ApiError):
        reader(Parameters({"x": value}, form=False), "x")


def test_null_is_absent():
    parameters = Parameters({"x": None}, form=False)
    assert parameters.text("x") is None
    assert parameters.texts("x") == ()
    assert parameters.integer("x") == 0
    assert parameters.flag("x") is False
    assert parameters.tables("x") == ()
    assert parameters.table("x") == {}
    assert not parameters.has("x")


@pytest.mark.parametrize("number", [2**53 + 1, 2**63 - 1])
def test_numbers_have_64_bits(number):
    assert Parameters({"x": number}, form=False).integer("x") == number
    assert parameters_of_form(f"x={number}".encode()).integer("x") == number


def test_leading_zeros_in_a_form_do_not_count():
    assert parameters_of_form(b"x=" + b"0" * 5000 + b"123").integer("x") == 123
    assert parameters_of_form(b"x=" + b"0" * 5000).integer("x") == 0


@pytest.mark.parametrize("digits", ["9223372036854775808", "1" + "0" * 20, "9" * 5000])
def test_larger_numbers_are_refused_and_not_cut(digits):
    with pytest.raises(ApiError):
        parameters_of_form(f"x={digits}".encode()).integer("x")


def test_forms_have_words_numbers_and_flags():
    parameters = parameters_of_form(b"scopes=profile+saying&maxAge=60&a=true&b=false&token=%C3%BC&empty=")
    assert parameters.texts("scopes") == ("profile", "saying")
    assert parameters.integer("maxAge") == 60
    assert parameters.flag("a") is True
    assert parameters.flag("b") is False
    assert parameters.text("token") == "ü"
    assert parameters.text("empty") == ""
    for reader in (Parameters.integer, Parameters.flag, Parameters.tables, Parameters.table):
        with pytest.raises(ApiError):
            reader(parameters, "token")


@pytest.mark.parametrize("body", [b"a=1&a=2", b"a=%ff", b"\xff", b"&".join(b"a%d=1" % n for n in range(101))])
def test_malformed_forms_are_refused(body):
    with pytest.raises(ApiError) as caught:
        parameters_of_form(body)
    assert caught.value.code == "DEV103"


@given(st.binary())
def test_any_form_is_read_or_refused(body):
    try:
        parameters_of_form(body)
    except ApiError as error:
        assert error.status == 400


def post(server: Running, content: bytes, content_type: str | None = "application/json") -> httpx2.Response:
    headers = {} if content_type is None else {"Content-Type": content_type}
    auth = (server.key, server.app.credentials.service_api_secret)
    return server.http.post("/api/auth/introspection", content=content, headers=headers, auth=auth)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"\xff",
        b'{"token":"\\ud800"}',
        b"[" * 50_000,
        b"\xef\xbb\xbf{}",
        b'{"token":"x","token":"y"}',
        b'{"maxAge":1e999}',
    ],
)
def test_a_body_that_is_no_json_object_is_an_api_error(shared, content):
    answer = post(shared, content)
    assert answer.status_code == 400
    assert answer.json() == {
        "resultCode": "DEV103",
        "resultMessage": "[DEV103] /auth/introspection, the request body is malformed: "
        "it is not a JSON object of moderate depth with each name once.",
    }


@pytest.mark.parametrize("content_type", [None, "text/plain", "multipart/form-data; boundary=x", ""])
def test_other_content_types_are_refused(shared, content_type):
    answer = post(shared, b'{"token":"x"}', content_type)
    assert (answer.status_code, answer.json()["resultCode"]) == (415, "DEV101")


@pytest.mark.parametrize("content_type", ["application/json; charset=UTF-8", "Application/JSON"])
def test_content_types_may_have_parameters_and_any_case(shared, content_type):
    assert post(shared, b'{"token":"x"}', content_type).json()["resultCode"] == "A057302"


def test_a_body_beyond_the_limit_is_refused(shared):
    answer = post(shared, json.dumps({"token": "x" * MAX_BODY}).encode())
    assert (answer.status_code, answer.json()["resultCode"]) == (413, "DEV102")
    assert post(shared, json.dumps({"token": "x" * (MAX_BODY - 100)}).encode()).status_code == 200


@pytest.mark.parametrize(
    "name", ["token", "scopes", "subject", "clientCertificate", "dpop", "resources", "maxAge"]
)
def test_a_wrong_type_is_named(shared, name):
    answer = post(shared, json.dumps({"token": "x", name: {"a": 1}}).encode())
    assert (answer.status_code, answer.json()["resultCode"]) == (400, "DEV104")
    assert f"'{name}'" in answer.json()["resultMessage"]


@given(
    content=st.binary(max_size=200)
    | VALUES.map(lambda value: json.dumps({"token": value, "scopes": value}).encode())
)
def test_any_body_gets_an_answer(shared, content):
    for content_type in ("application/json", "application/x-www-form-urlencoded"):
        assert post(shared, content, content_type).status_code in {200, 400}


def test_answers_are_not_kept(shared):
    headers = post(shared, b"{}").headers
    assert headers["cache-control"] == "no-store"
    assert headers["content-type"] == "application/json"
