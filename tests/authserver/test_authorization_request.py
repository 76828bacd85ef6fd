import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authserver.authorization_request import InvalidRequestError, RefusedRequestError, RequestRules
from apigw_oauth.authserver.clients import Clients, enrol
from apigw_oauth.authserver.settings import ClientSettings
from apigw_oauth.authserver.store import open_store

MOCK = "http://127.0.0.1:8081/api/mock/redirection/1"
CB = "http://127.0.0.1:9/cb"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.fixture(scope="module")
def rules():
    store = open_store(":memory:")
    described = [
        ClientSettings("none"),
        ClientSettings("one", redirect_uris=(CB,), scopes=("a", "b")),
        ClientSettings("two", redirect_uris=(CB, "http://127.0.0.1:9/cb2")),
    ]
    yield RequestRules(
        Clients(enrol(one, store, secrets.token_bytes)[0] for one in described), ("a", "b", "c"), MOCK
    )
    store.close()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "A010301"),
        ("response_type=token", "A010301"),
        ("client_id=", "A010302"),
        ("client_id=one&client_id=one", "A010303"),
        ("client_id=99999", "A010304"),
        ("client_id=nobody", "A010308"),
        ("client_id=%ff", "A010308"),
        (f"client_id=one&redirect_uri={CB}&redirect_uri={CB}", "A011302"),
        ("client_id=one&scope=openid", "A011303"),
        ("client_id=one&redirect_uri=http://127.0.0.1:9/other", "A011304"),
        (f"client_id=one&redirect_uri={CB}/", "A011304"),
        (f"client_id=one&redirect_uri={CB}?x=y", "A011304"),
        ("client_id=one&redirect_uri=HTTP://127.0.0.1:9/cb", "A011304"),
        (f"client_id=none&redirect_uri={CB}", "A011304"),
        ("client_id=two", "A011313"),
        ("client_id=one&redirect_uri=http://%20", "A011314"),
        ("client_id=one&redirect_uri=/cb", "A011315"),
        (f"client_id=one&redirect_uri={CB}%23f", "A011316"),
        ("client_id=one&redirect_uri=", "A011319"),
        ("client_id=one&x=" + "x" * 8000, "DEV205"),
        ("client_id=one&" + "&".join(f"a{n}=1" for n in range(60)), "DEV205"),
    ],
)
def test_without_client_and_redirect_uri_nothing_is_redirected(rules, query, code):
    with pytest.raises(InvalidRequestError) as caught:
        rules.judge((query + "&state=s").encode() if "DEV" not in code else query.encode())
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("query", "error", "code"),
    [
        ("", "invalid_request", "A009301"),
        ("response_type=", "invalid_request", "A009302"),
        ("response_type=token&response_type=token", "invalid_request", "A009303"),
        ("response_type=magic", "invalid_request", "A009304"),
        ("response_type=code+magic", "invalid_request", "A009304"),
        ("response_type=id_token", "unsupported_response_type", "A009305"),
        ("response_type=code+token", "unsupported_response_type", "A009305"),
        ("response_type=none", "unsupported_response_type", "A009305"),
        ("response_type=code&response_mode=query&response_mode=query", "invalid_request", "A012302"),
        ("response_type=code&response_mode=form_post", "invalid_request", "A012303"),
        ("response_type=token&response_mode=query", "invalid_request", "A012304"),
        ("response_type=token&prompt=none", "invalid_request", "A077301"),
        ("response_type=token&prompt=login+none", "invalid_request", "A077301"),
        ("response_type=token&scope=a&scope=b", "invalid_request", "DEV202"),
        (f"response_type=code&code_challenge={CHALLENGE}&code_challenge_method=S512", "invalid_request", "DEV203"),
        ("response_type=code&code_challenge_method=S256", "invalid_request", "DEV203"),
        (
            f"response_type=code&code_challenge={CHALLENGE}&code_challenge_method=S256&code_challenge_method=S256",
            "invalid_request",
            "DEV203",
        ),
        ("response_type=code&code_challenge=short", "invalid_request", "DEV204"),
        (f"response_type=code&code_challenge={CHALLENGE}&code_challenge={CHALLENGE}", "invalid_request", "DEV204"),
    ],
)
def test_later_mistakes_are_redirected_with_the_state(rules, query, error, code):
    with pytest.raises(RefusedRequestError) as caught:
        rules.judge(f"client_id=one&state=s%20t&{query}".encode())
    assert (caught.value.error, caught.value.code) == (error, code)
    assert (caught.value.destination.redirect_uri, caught.value.destination.state) == (CB, "s t")


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("s&state=s", "A013302"),
        ("%C3%BC", "A013303"),
        ("%0d%0a", "A013303"),
        ("%ff", "A013303"),
        ("x" * 1001, "A013304"),
    ],
)
def test_a_state_that_is_not_in_order_is_not_sent_back(rules, state, code):
    with pytest.raises(RefusedRequestError) as caught:
        rules.judge(f"client_id=one&response_type=token&state={state}".encode())
    assert (caught.value.code, caught.value.destination.state) == (code, None)


@pytest.mark.parametrize(
    ("query", "uri", "explicit"),
    [
        ("client_id=one", CB, False),
        (f"client_id=one&redirect_uri={CB}", CB, True),
        (f"client_id=one&redirect_uri={MOCK}", MOCK, True),
        (f"client_id=two&redirect_uri={MOCK}", MOCK, True),
        ("client_id=none", MOCK, False),
        (f"client_id=none&redirect_uri={MOCK}", MOCK, True),
    ],
)
def test_where_the_answer_goes(rules, query, uri, explicit):
    destination = rules.judge(f"{query}&response_type=code".encode()).destination
    assert (destination.redirect_uri, destination.explicit, destination.in_fragment) == (uri, explicit, False)
    assert destination.state is None


@pytest.mark.parametrize(
    ("query", "in_fragment"),
    [
        ("response_type=token", True),
        ("response_type=token&response_mode=fragment", True),
        ("response_type=code&response_mode=fragment", True),
        ("response_type=code&response_mode=query", False),
    ],
)
def test_how_the_answer_is_sent(rules, query, in_fragment):
    asked = rules.judge(f"client_id=one&state=&{query}".encode())
    assert asked.destination.in_fragment is in_fragment
    assert asked.destination.state == ""


@pytest.mark.parametrize(
    ("client", "scope", "granted"),
    [("one", "b+a+c+x", ("b", "a")), ("none", "c++a+c", ("c", "a")), ("none", "x", ()), ("none", "", ())],
)
def test_scopes_are_those_supported_and_allowed(rules, client, scope, granted):
    assert rules.judge(f"client_id={client}&response_type=token&scope={scope}".encode()).scopes == granted


def test_without_scope_none_is_granted(rules):
    assert rules.judge(b"client_id=none&response_type=token").scopes == ()


def test_pkce_is_kept(rules):
    asked = rules.judge(f"client_id=one&response_type=code&code_challenge={CHALLENGE}".encode())
    assert (asked.wishes.code_challenge, asked.wishes.code_challenge_method) == (CHALLENGE, "plain")
    asked = rules.judge(
        f"client_id=one&response_type=code&code_challenge={CHALLENGE}&code_challenge_method=S256".encode()
    )
    assert asked.wishes.code_challenge_method == "S256"


QUERIES = st.lists(
    st.tuples(
        st.sampled_from(
            ["client_id", "redirect_uri", "response_type", "state", "scope", "prompt", "code_challenge"]
        ),
        st.sampled_from(["one", "two", CB, "token", "code", "", "a b"]) | st.text(),
    ),
    max_size=6,
)


@given(
    query=st.binary() | QUERIES.map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs).encode())
)
def test_any_query_is_judged(rules, query):
    try:
        asked = rules.judge(query)
    except InvalidRequestError:
        return
    except RefusedRequestError as error:
        assert error.destination.redirect_uri in {CB, MOCK, "http://127.0.0.1:9/cb2"}
        return
    assert asked.destination.redirect_uri in {CB, MOCK, "http://127.0.0.1:9/cb2"}
    assert set(asked.scopes) <= {"a", "b", "c"}
