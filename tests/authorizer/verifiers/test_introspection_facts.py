"""What an introspection answer says, and what of it is believed."""

from typing import Any

import pytest

from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InvalidTokenError, VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifiers.introspection_facts import FactRules, facts

# The example of RFC 7662 §2.2.
EXAMPLE: dict[str, Any] = {
    "active": True, "client_id": "l238j323ds-23ij4", "username": "jdoe", "scope": "read write dolphin",
    "sub": "Z5O3upPC88QrAjx00dis", "aud": "https://protected.example.net/resource", "iss": "https://server.example.com/",
    "exp": 1419356238, "iat": 1419350238, "extension_field": "twenty-seven",
}  # fmt: skip
ANYTHING = FactRules(issuer=None, audience=None, clients=None, leeway=30)


def read(changes: dict[str, Any] | None = None, rules: FactRules = ANYTHING) -> AccessToken:
    return facts({**EXAMPLE, **(changes or {})}, rules)


def refused(changes: dict[str, Any], rules: FactRules = ANYTHING) -> Reason:
    with pytest.raises(InvalidTokenError) as caught:
        read(changes, rules)
    return caught.value.reason


def is_nonsense(changes: dict[str, Any]) -> bool:
    with pytest.raises(VerifierUnavailableError) as caught:
        read(changes)
    return caught.value.reason is Reason.AUTHORIZATION_SERVER_NONSENSE


def test_the_example_of_the_rfc_is_turned_into_facts():
    assert read() == AccessToken(
        issuer="https://server.example.com/",
        subject="Z5O3upPC88QrAjx00dis",
        client_id="l238j323ds-23ij4",
        scopes=frozenset({"read", "write", "dolphin"}),
        audience=frozenset({"https://protected.example.net/resource"}),
        expires_at=1419356238,
        confirmation={},
        claims={"username": "jdoe", "iat": 1419350238, "extension_field": "twenty-seven"},
        leeway=30,
    )


def test_active_and_nothing_else_is_a_token_of_nobody():
    token = facts({"active": True}, ANYTHING)
    assert token == AccessToken(confirmation={}, claims={}, leeway=30)
    assert token.principal_id == "unidentified"


@pytest.mark.rule("R29")
@pytest.mark.parametrize("content", [{"active": False}, {}, {"active": False, "sub": 5}, {"sub": "john"}])
def test_a_token_that_is_not_called_active_is_refused(content):
    with pytest.raises(InvalidTokenError) as caught:
        facts(content, ANYTHING)
    assert caught.value.reason is Reason.INACTIVE_TOKEN


@pytest.mark.rule("R29")
@pytest.mark.parametrize("active", ["true", "false", 1, 0, None, [], {}, 1.0, "", [True]])
def test_active_is_true_or_false_and_anything_like_it_is_a_malformed_answer(active):
    assert is_nonsense({"active": active})


@pytest.mark.rule("R31")
@pytest.mark.parametrize("name", ["exp", "nbf", "iat", "auth_time"])
@pytest.mark.parametrize(
    "value", ["1419356238", True, [], {}, 1e300, -1e300, 1419356238000, float("nan"), float("inf")]
)
def test_times_are_finite_numbers_of_seconds(name, value):
    assert is_nonsense({name: value})


@pytest.mark.rule("R31")
def test_times_are_told_to_whoever_compares_them_with_the_clock():
    token = read({"exp": 5.5, "nbf": 1, "iat": 2, "auth_time": 3})
    assert token.expires_at == 5.5
    assert {name: token.claims[name] for name in ("nbf", "iat", "auth_time")} == {
        "nbf": 1,
        "iat": 2,
        "auth_time": 3,
    }


def test_null_is_absence():
    nothing = dict.fromkeys(
        (*EXAMPLE, "cnf", "token_type", "token_use", "nbf", "acr", "authorization_details", "jti", "typ")
    )
    assert read({**nothing, "active": True}) == AccessToken(confirmation={}, claims={}, leeway=30)


@pytest.mark.parametrize("name", ["iss", "sub", "client_id", "token_type", "token_use", "acr"])
@pytest.mark.parametrize("value", [5, True, ["x"], {"x": "y"}])
def test_names_are_texts(name, value):
    assert is_nonsense({name: value})


@pytest.mark.rule("R31", "L7")
def test_another_issuer_than_the_configured_one_is_refused_letter_by_letter():
    ours = ANYTHING._replace(issuer="https://server.example.com/")
    assert read(rules=ours).issuer == "https://server.example.com/"
    assert read({"iss": None}, ours).issuer == "https://server.example.com/"
    for other in ("https://server.example.com", "HTTPS://server.example.com/", "https://evil.example/", ""):
        assert refused({"iss": other}, ours) is Reason.WRONG_ISSUER


@pytest.mark.rule("R31")
def test_an_audience_that_is_configured_is_required():
    ours = ANYTHING._replace(audience=frozenset({"https://a.example", "b"}))
    assert read({"aud": "b"}, ours).audience == {"b"}
    assert read({"aud": ["x", "https://a.example"]}, ours).audience == {"x", "https://a.example"}
    for other in (None, "", [], "B", "https://a.example/", ["x", "y"], "https://a.example b"):
        assert refused({"aud": other}, ours) is Reason.WRONG_AUDIENCE
    for malformed in (5, True, {"b": "b"}, ["b", 5], [["b"]], [None, "b"]):
        assert is_nonsense({"aud": malformed})


@pytest.mark.rule("R31")
def test_a_client_that_is_not_on_the_list_is_refused_and_so_is_one_that_is_not_named():
    ours = ANYTHING._replace(clients=frozenset({"a", "b"}))
    assert read({"client_id": "a"}, ours).client_id == "a"
    for other in ("A", "", None, "a "):
        assert refused({"client_id": other}, ours) is Reason.CLIENT_NOT_ALLOWED


@pytest.mark.rule("R31", "R32")
@pytest.mark.parametrize(
    "token_type", ["refresh_token", "N_A", "Bearer ", "mac", "urn:ietf:params:oauth:token-type:jwt", ""]
)
def test_a_token_of_another_type_is_refused(token_type):
    assert refused({"token_type": token_type}) is Reason.WRONG_TOKEN_TYPE


@pytest.mark.rule("R31")
def test_the_type_of_a_token_is_told_in_any_case():
    assert read({"token_type": "bearer"}).claims["token_type"] == "bearer"
    assert read({"token_type": "access_token"}).claims["token_type"] == "access_token"
    assert read({"token_type": "dPoP", "cnf": {"jkt": "x"}}).claims["token_type"] == "dPoP"


@pytest.mark.rule("R32")
@pytest.mark.parametrize(
    "changes",
    [
        {"token_use": "refresh_token"}, {"token_use": "id"}, {"token_use": ""}, {"typ": "Refresh"}, {"typ": "Offline"},
        {"typ": "ID"}, {"typ": "token-introspection+jwt"}, {"typ": "logout+jwt"},
    ],
)  # fmt: skip
def test_a_member_that_names_another_kind_of_token_refuses_it(changes):
    assert refused(changes) is Reason.WRONG_TOKEN_TYPE


@pytest.mark.rule("R32")
@pytest.mark.parametrize(
    "changes",
    [{"token_use": "access_token"}, {"token_use": "access"}, {"typ": "Bearer"}, {"typ": "at+JWT"}, {"typ": 5}],
)
def test_a_member_that_names_an_access_token_is_no_trouble(changes):
    assert read(changes).subject == "Z5O3upPC88QrAjx00dis"


@pytest.mark.rule("R31", "R54")
def test_a_bound_token_says_to_what():
    cnf = {
        "jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
        "x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2",
    }
    assert read({"cnf": cnf}).confirmation == cnf
    malformed: Any
    for malformed in ({}, [], "jkt", 5, True, [cnf]):
        assert is_nonsense({"cnf": malformed})


@pytest.mark.rule("R31")
@pytest.mark.parametrize("cnf", [None, {"x5t#S256": "x"}])
def test_a_token_of_type_dpop_whose_key_is_not_named_is_refused(cnf):
    assert refused({"token_type": "DPoP", "cnf": cnf}) is Reason.SENDER_CONSTRAINED_TOKEN


@pytest.mark.rule("R31")
@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("a b", {"a", "b"}), ("", set()), (" a  b ", {"a", "b"}), (["a", "b"], {"a", "b"}), ([], set()), (None, set()),
        ('a "b" c\\d é e\tf', {"a"}), (["a b", "c"], {"c"}), ("a,b", {"a,b"}),
    ],
)  # fmt: skip
def test_scopes_are_a_text_or_a_list_and_what_cannot_be_one_is_left_out(scope, expected):
    assert read({"scope": scope}).scopes == expected


@pytest.mark.parametrize("scope", [5, True, {"a": "b"}, ["a", 5], [["a"]]])
def test_scopes_of_another_form_are_nonsense(scope):
    assert is_nonsense({"scope": scope})


def test_the_name_for_people_is_never_the_subject():
    token = read({"sub": None, "client_id": "c"})
    assert token.subject is None
    assert token.is_client
    assert token.principal_id == "c"
    assert read({"sub": ""}).subject is None


@pytest.mark.rule("R58")
def test_authorization_details_are_objects_with_a_type():
    details = [{"type": "payment", "actions": ["read"]}]
    assert read({"authorization_details": details}).claims["authorization_details"] == details
    malformed: Any
    for malformed in ({}, "x", [1], [{}], [{"type": 5}], [None]):
        assert refused({"authorization_details": malformed}) is Reason.INVALID_CLAIMS


@pytest.mark.rule("R69", "I15")
def test_what_may_be_a_token_itself_is_not_told():
    secrets = dict.fromkeys(("jti", "token", "jwt", "access_token", "refresh_token", "id_token"), "geheim")
    assert "geheim" not in str(read(secrets))
