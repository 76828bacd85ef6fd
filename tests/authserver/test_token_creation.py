import pytest
from hypothesis import given
from hypothesis import strategies as st

from apigw_oauth.authserver.secret_hashes import base64url, sha256
from tests.authserver.servers import running

THUMBPRINT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"


def test_a_token_is_made(shared):
    made = shared.create(scopes=["profile", "profile"])
    client_id = int(shared.app.credentials.clients[0].client_id)
    token = made["accessToken"]
    assert len(token) == 43
    assert made == {
        "resultCode": "A109001",
        "resultMessage": f"[A109001] An access token was created successfully: authorization_code, client = {client_id}",
        "action": "OK",
        "accessToken": token,
        "jwtAccessToken": made["jwtAccessToken"],
        "refreshToken": None,
        "tokenType": "Bearer",
        "tokenId": base64url(sha256(token)),
        "expiresIn": 86_400,
        "expiresAt": 1_800_086_400_000,
        "grantType": "AUTHORIZATION_CODE",
        "clientId": client_id,
        "clientIdentifier": "demo",
        "subject": "john",
        "scopes": ["profile"],
        "properties": None,
        "authorizationDetails": None,
    }
    assert shared.create()["accessToken"] != token


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        ({"grantType": None}, "A104201", "The 'grantType' parameter is empty."),
        ({"grantType": ""}, "A104201", None),
        ({"grantType": "REFRESH_TOKEN"}, "A104202", None),
        (
            {"grantType": "MAGIC"},
            "A104203",
            "The specified grant type (MAGIC) is not supported by this service (21653835348762).",
        ),
        ({"clientIdentifier": None}, "DEV105", "clientId or clientIdentifier must be given."),
        ({"clientIdentifier": "nobody"}, "A107201", "No client has the client ID (nobody)."),
        ({"clientId": 1}, "A107201", "No client has the client ID (1)."),
        ({"subject": None}, "A105201", "The 'subject' parameter is empty."),
        ({"subject": ""}, "A105201", None),
        ({"subject": "x" * 101}, "A105202", None),
        ({"subject": "jürgen"}, "A105203", None),
        ({"scopes": ["profile", "write"]}, "A106201", "Unsupported scope: write"),
        ({"properties": [{"key": "k", "value": "v" * 66_000}]}, "A108201", None),
        ({"refreshToken": "r"}, "A108202", None),
        ({"refreshToken": "r", "grantType": "IMPLICIT"}, "A108203", None),
        ({"refreshToken": "r", "grantType": "CLIENT_CREDENTIALS"}, "A108204", None),
    ],
)
def test_what_no_token_is_made_for(shared, changes, code, text):
    answer = shared.create(**changes)
    assert (answer["resultCode"], answer["action"]) == (code, "BAD_REQUEST")
    assert "accessToken" not in answer
    if text is not None:
        assert answer["resultMessage"] == f"[{code}] {text}"


def test_a_value_may_be_chosen_once(server):
    assert server.create(accessToken="chosen.by-me~+/=")["accessToken"] == "chosen.by-me~+/="
    assert server.introspect("chosen.by-me~+/=")["action"] == "OK"
    again = server.create(accessToken="chosen.by-me~+/=", subject="ann")
    assert (again["resultCode"], again["action"]) == ("A108101", "INTERNAL_SERVER_ERROR")
    assert server.introspect("chosen.by-me~+/=")["subject"] == "john"


@pytest.mark.parametrize(
    "changes",
    [
        {"accessToken": "a b"},
        {"certificateThumbprint": "short"},
        {"dpopKeyThumbprint": "x" * 44},
        {"jwtAtClaims": "[]"},
        {"jwtAtClaims": '{"a":NaN}'},
        {"jwtAtClaims": '{"a":"\\ud800"}'},
        {"properties": [{"value": "v"}]},
        {"properties": [{"key": "k", "hidden": "no"}]},
        {"properties": ["k"]},
        {"authorizationDetails": []},
        {"authorizationDetails": {"elements": [{}]}},
        {"authorizationDetails": {"elements": [{"type": "t", "otherFields": "x"}]}},
        {"authorizationDetails": {"elements": [{"type": "t", "otherFields": 1}]}},
        {"accessTokenDuration": -1},
        {"accessTokenPersistent": 1},
        {"clientId": "demo"},
        {"scopes": "profile"},
    ],
)
def test_malformed_parameters_are_an_error_of_the_call(shared, changes):
    asked = {"grantType": "IMPLICIT", "clientIdentifier": "demo", "subject": "john", **changes}
    answer = shared.call("/auth/token/create", asked)
    assert (answer.status_code, answer.json()["resultCode"]) == (400, "DEV104")
    assert next(iter(changes)) in answer.json()["resultMessage"]


def test_the_client_is_named_by_number_or_alias(shared):
    number = int(shared.app.credentials.clients[0].client_id)
    by_number = shared.create(clientIdentifier=None, clientId=number)
    assert by_number["clientIdentifier"] == str(number)
    assert not shared.introspect(by_number["accessToken"])["clientIdAliasUsed"]
    with_alias = shared.create(clientIdentifier=str(number), clientIdAliasUsed=True)
    assert with_alias["clientIdentifier"] == "demo"
    assert shared.introspect(with_alias["accessToken"])["clientIdAliasUsed"]
    without_alias = shared.create(clientIdentifier="12345", clientIdAliasUsed=True)
    assert without_alias["clientIdentifier"] == "12345"
    assert not shared.introspect(without_alias["accessToken"])["clientIdAliasUsed"]


def test_durations(shared):
    assert shared.create(accessTokenDuration=60)["expiresIn"] == 60
    assert shared.create(accessTokenDuration=0)["expiresIn"] == 86_400
    assert shared.create(accessTokenDuration=2**53)["expiresIn"] == 2**31 - 1
    persistent = shared.create(accessTokenPersistent=True, accessTokenDuration=60)
    assert (persistent["expiresIn"], persistent["expiresAt"]) == (0, 0)


def test_a_padded_thumbprint_is_kept_without_padding(shared):
    token = shared.create(certificateThumbprint=THUMBPRINT + "=")["accessToken"]
    assert shared.introspect(token)["certificateThumbprint"] == THUMBPRINT


def test_details_and_properties_come_back(shared):
    details = {"elements": [{"type": "t", "actions": ["read"], "otherFields": '{"a":1}'}]}
    properties = [{"key": "k", "value": None, "hidden": False}]
    made = shared.create(authorizationDetails=details, properties=[{"key": "k"}])
    assert (made["authorizationDetails"], made["properties"]) == (details, properties)
    found = shared.introspect(made["accessToken"])
    assert (found["authorizationDetails"], found["properties"]) == (details, properties)


def test_a_form_will_do(shared):
    form = {"grantType": "CLIENT_CREDENTIALS", "clientIdentifier": "demo", "scopes": "profile history.read"}
    auth = (shared.key, shared.app.credentials.service_api_secret)
    assert shared.http.post("/api/auth/token/create", data=form, auth=auth).json()["scopes"] == [
        "profile",
        "history.read",
    ]


ANYTHING = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text() | st.integers(), max_size=3)
NAMES = st.sampled_from(
    ["scopes", "subject", "accessToken", "properties", "acr", "authTime", "jwtAtClaims", "resources"]
)


@given(changes=st.dictionaries(NAMES, ANYTHING, max_size=3))
def test_any_parameters_get_an_answer(shared, changes):
    asked = {"grantType": "IMPLICIT", "clientIdentifier": "demo", "subject": "john", **changes}
    assert shared.call("/auth/token/create", asked).status_code in {200, 400}


@pytest.mark.parametrize("subject", ["a\nb", "a\x00", "\x7f"])
def test_a_subject_is_printable(shared, subject):
    asked = {"grantType": "IMPLICIT", "clientIdentifier": "demo", "subject": subject}
    answer = shared.call("/auth/token/create", asked)
    assert (answer.status_code, answer.json()["resultCode"]) == (400, "DEV104")
    assert "'subject' must be printable" in answer.json()["resultMessage"]


@pytest.mark.parametrize("body", [{"jwtAtClaims": '{"x":1e999}'}, {"jwtAtClaims": '{"x":1,"x":2}'}])
def test_claims_are_plain_json(shared, body):
    asked = {"grantType": "CLIENT_CREDENTIALS", "clientIdentifier": "demo", **body}
    answer = shared.call("/auth/token/create", asked)
    assert (answer.status_code, answer.json()["resultCode"]) == (400, "DEV104")


def test_a_detail_that_is_no_json_elsewhere_is_refused(shared):
    body = '{"grantType":"IMPLICIT","authorizationDetails":{"elements":[{"type":"t","amount":1e999}]}}'
    auth = (shared.key, shared.app.credentials.service_api_secret)
    headers = {"Content-Type": "application/json"}
    answer = shared.http.post("/api/auth/token/create", content=body, headers=headers, auth=auth)
    assert (answer.status_code, answer.json()["resultCode"]) == (400, "DEV103")


@pytest.mark.parametrize("client_id", [2**53 + 1, 2**63 - 1])
def test_client_ids_have_64_bits(client_id):
    with running(clients=[{"client_id": str(client_id)}]) as server:
        made = server.create(clientIdentifier=None, clientId=client_id)
        assert (made["action"], made["clientId"]) == ("OK", client_id)
        listed = server.http.get(
            f"/api/auth/token/get/list?clientIdentifier={client_id}&start={2**63 - 1}",
            auth=(server.key, server.app.credentials.service_api_secret),
        )
        assert (listed.status_code, listed.json()["totalCount"]) == (200, 1)
