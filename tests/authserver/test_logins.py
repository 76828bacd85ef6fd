import pytest

from apigw_oauth.authserver.logins import Logins
from apigw_oauth.authserver.secret_hashes import GeneratedSecret
from apigw_oauth.authserver.settings import UserSettings

LOGINS = Logins(
    [UserSettings("john", "pw"), UserSettings("ann", "pw", "user-2")],
    api_key="123",
    api_secret=GeneratedSecret.of("secret"),
)


@pytest.mark.parametrize(
    ("login", "password", "subject"),
    [
        ("john", "pw", "john"),
        ("ann", "pw", "user-2"),
        ("123", "secret", "123"),
        ("john", "PW", None),
        ("john", "", None),
        ("nobody", "pw", None),
        ("nobody", "", None),
        ("", "", None),
        ("123", "pw", None),
        ("john", "secret", None),
    ],
)
def test_who_gets_in(login, password, subject):
    assert LOGINS.authenticate(login, password) == subject
