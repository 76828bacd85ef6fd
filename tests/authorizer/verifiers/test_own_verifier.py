"""Verifiers of somebody's own: found, made, and not believed blindly."""

import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from apigw_oauth.authorizer import verifiers
from apigw_oauth.authorizer.access_token import AccessToken
from apigw_oauth.authorizer.errors import InvalidTokenError, SettingsError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.verifier import Surroundings, TokenVerifier
from apigw_oauth.authorizer.verifiers.notes import Notes
from tests.authorizer.conftest import make_request

SECRET = "geheim-to-look-for"
GOOD = """
    from apigw_oauth import AccessToken, InvalidTokenError

    class MyVerifier:
        def __init__(self, prefix="my-"):
            self.prefix = prefix
            self.asked = 0

        def recognizes(self, token):
            return token.startswith(self.prefix)

        def verify(self, token, request):
            self.asked += 1
            return AccessToken(subject=f"{token} {request.method} {self.asked}")
"""


@pytest.fixture(autouse=True)
def _clean_imports(monkeypatch: pytest.MonkeyPatch) -> Any:
    before = set(sys.modules)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in {"my_module", "my_package", "beside"}:
            del sys.modules[name]


def write(directory: Path, text: str, name: str = "my_module.py") -> Path:
    (directory / name).parent.mkdir(parents=True, exist_ok=True)
    (directory / name).write_text(dedent(text))
    return directory


def load(directory: Path, kind: str = "my_module:MyVerifier", **keys: Any) -> TokenVerifier:
    return verifiers.load([{"type": kind, **keys}], Surroundings(), directory=str(directory))


def test_it_is_found_in_the_directory_and_made_with_the_keys_of_its_table(tmp_path):
    verifier = load(write(tmp_path, GOOD), prefix="other-")
    assert verifier.verify("other-1", make_request()).subject == "other-1 GET 1"
    assert [verifier.recognizes(token) for token in ("other-1", "my-1")] == [True, False]


def test_it_may_be_in_a_package_and_import_what_is_beside_it_at_once_or_later(tmp_path):
    write(tmp_path, "NAME = 'now'", "beside.py")
    write(tmp_path, "", "my_package/__init__.py")
    write(tmp_path, "LATER = 'later'", "my_package/later.py")
    text = GOOD.replace(
        "self.asked += 1", "from my_package.later import LATER; import beside; self.asked = LATER + beside.NAME"
    )
    verifier = load(
        write(tmp_path, f"    import beside\n{text}", "my_package/inner.py"), "my_package.inner:MyVerifier"
    )
    assert verifier.verify("my-1", make_request()).subject == "my-1 GET laternow"


def test_two_directories_have_each_their_own_module_of_one_name(tmp_path):
    one = load(write(tmp_path / "one", GOOD))
    other = load(
        write(tmp_path / "other", GOOD.replace("AccessToken(subject", 'AccessToken(issuer="other", subject'))
    )
    assert one.verify("my-1", make_request()).issuer is None
    assert other.verify("my-1", make_request()).issuer == "other"


def test_a_module_of_python_itself_stays_what_it_is(tmp_path):
    import json

    write(tmp_path, "", "json.py")
    with pytest.raises(SettingsError, match="the module json has no class MyVerifier"):
        load(tmp_path, "json:MyVerifier")
    assert sys.modules["json"] is json


def test_the_import_path_is_as_before_but_for_the_directory_at_its_end(tmp_path):
    before = list(sys.path)
    load(write(tmp_path, GOOD))
    load(tmp_path)
    assert sys.path == [*before, str(tmp_path)]


@pytest.mark.parametrize(
    ("text", "kind", "keys", "message"),
    [
        (GOOD, "absent:MyVerifier", {}, "there is no module absent in .*; write it, or name another one"),
        (GOOD, "my_module.inner:MyVerifier", {}, "there is no module my_module.inner in"),
        (GOOD, "my_module:Absent", {}, "the module my_module has no class Absent; define it there"),
        (GOOD, "my_module:__doc__", {}, "has no class __doc__"),
        (GOOD, "my_module:", {}, "is not of the form"), (GOOD, ":X", {}, "is not of the form"),
        (GOOD, "../my_module:X", {}, "is not of the form"), (GOOD, "my_module.py:MyVerifier", {}, "there is no module my_module.py"),
        (GOOD, "my_module:MyVerifier", {"x": SECRET}, "the keys of the table do not fit: .*unexpected keyword argument 'x'"),
        (GOOD.replace('prefix="my-"', "prefix"), "my_module:MyVerifier", {}, "do not fit: .*missing 1 required.*'prefix'"),
        (GOOD.replace("self.asked = 0", "raise ValueError(prefix)"), "my_module:MyVerifier", {"prefix": SECRET},
         "MyVerifier cannot be made: ValueError in my_module.py:7"),
        (GOOD.replace("self.asked = 0", "raise SystemExit(prefix)"), "my_module:MyVerifier", {"prefix": SECRET},
         "MyVerifier cannot be made: SystemExit in my_module.py:7"),
        (GOOD.replace("self.asked = 0", "None + prefix"), "my_module:MyVerifier", {"prefix": SECRET},
         "MyVerifier cannot be made: TypeError in my_module.py:7"),
        (GOOD.replace("def recognizes", "def knows"), "my_module:MyVerifier", {}, "has no method recognizes"),
        (GOOD.replace("def verify", "def check"), "my_module:MyVerifier", {}, "has no method verify"),
        ("import absent_package", "my_module:MyVerifier", {}, "my_module imports absent_package, which is not there; install it"),
        ("from apigw_oauth import Absent", "my_module:MyVerifier", {}, "cannot be imported: ImportError in my_module.py:1"),
        ("def", "my_module:MyVerifier", {}, "cannot be imported: SyntaxError:1"),
        (f"raise OSError({SECRET!r})", "my_module:MyVerifier", {}, "cannot be imported: OSError in my_module.py:1"),
    ],
)  # fmt: skip
def test_what_cannot_be_loaded_is_named_with_the_mend_and_without_a_secret(tmp_path, text, kind, keys, message):
    write(tmp_path, text)
    with pytest.raises(SettingsError, match=message) as caught:
        load(tmp_path, kind, **keys)
    assert str(caught.value).startswith("verifiers[0].type: ")
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_its_own_settings_error_is_told_in_its_own_words(tmp_path):
    text = GOOD.replace(
        "self.asked = 0", 'from apigw_oauth import SettingsError; raise SettingsError("prefix: is too short")'
    )
    with pytest.raises(SettingsError, match=r"^verifiers\[0\].prefix: is too short$"):
        load(write(tmp_path, text))


@pytest.mark.rule("R31", "I16")
@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ("None", "something else"), ("True", "something else"), ("{'active': True}", "something else"), ("AccessToken", "something else"),
        ("tuple(AccessToken())", "something else"), ("AccessToken(scopes='profile')", "a wrong scopes"),
        ("AccessToken(scopes=['profile'])", "a wrong scopes"), ("AccessToken(scopes={1})", "a wrong scopes"),
        ("AccessToken(expires_at='9999999999')", "a wrong expires_at"), ("AccessToken(expires_at=float('nan'))", "a wrong expires_at"),
        ("AccessToken(expires_at=float('inf'))", "a wrong expires_at"), ("AccessToken(expires_at=True)", "a wrong expires_at"),
        ("AccessToken(leeway=-1)", "a wrong leeway"), ("AccessToken(leeway=float('nan'))", "a wrong leeway"),
        ("AccessToken(subject=5)", "a wrong subject"), ("AccessToken(confirmation=None)", "a wrong confirmation"),
        ("AccessToken(claims=None)", "a wrong claims"), ("AccessToken(claims={1: 2})", "a wrong claims"),
        ("AccessToken(reusable=None)", "a wrong reusable"), ("AccessToken(audience=None)", "a wrong audience"),
    ],
)  # fmt: skip
def test_an_answer_that_is_no_access_token_is_taken_for_none(tmp_path, answer, wrong):
    verifier = load(
        write(tmp_path, GOOD.replace('AccessToken(subject=f"{token} {request.method} {self.asked}")', answer))
    )
    with pytest.raises(SettingsError, match=f"^my_module:MyVerifier: verify .*returned .*{wrong}"):
        verifier.verify("my-1", make_request())


@pytest.mark.parametrize("answer", ["None", "1", "'yes'", "token"])
def test_recognizing_says_yes_or_no(tmp_path, answer):
    verifier = load(write(tmp_path, GOOD.replace("token.startswith(self.prefix)", answer)))
    with pytest.raises(SettingsError, match="recognizes must return True or False"):
        verifier.verify("my-1", make_request())


def test_alone_it_is_not_asked_about_tokens_that_it_does_not_recognize_either(tmp_path):
    with pytest.raises(InvalidTokenError) as caught:
        load(write(tmp_path, GOOD)).verify("another", make_request())
    assert caught.value.reason is Reason.UNRECOGNIZED_TOKEN


@pytest.mark.parametrize(
    ("keys", "cache", "asked"),
    [({}, "off", 2), ({"positive_ttl": 30}, "hit", 1), ({"negative_ttl": 10}, "miss", 2)],
)
def test_its_answers_are_kept_where_its_table_says_so(tmp_path, keys, cache, asked):
    notes = Notes()
    table = {"type": "my_module:MyVerifier", **keys}
    verifier = verifiers.load([table], Surroundings(), directory=str(write(tmp_path, GOOD)), notes=notes)
    for _ in range(2):
        notes.begin()
        subject = verifier.verify("my-1", make_request()).subject
    assert subject == f"my-1 GET {asked}"
    assert (notes.verifier, notes.cache) == ("my_module:MyVerifier", cache)


def test_its_refusals_and_its_accidents_remain_what_they_are(tmp_path):
    text = GOOD.replace(
        "return AccessToken",
        'raise {"my-1": InvalidTokenError("no"), "my-2": ZeroDivisionError()}[token]; return AccessToken',
    )
    verifier = load(write(tmp_path, text))
    with pytest.raises(InvalidTokenError, match="no"):
        verifier.verify("my-1", make_request())
    with pytest.raises(ZeroDivisionError):
        verifier.verify("my-2", make_request())


def test_checking_executes_nothing_of_it_and_finds_what_is_not_there(tmp_path):
    table = {"type": "my_module:MyVerifier", "prefix": SECRET}
    with pytest.raises(SettingsError, match=r"verifiers\[0\].type: there is no module my_module in"):
        verifiers.check([table], directory=str(tmp_path))
    verifiers.check([table], directory=str(write(tmp_path, "raise SystemExit")))
    verifiers.check(
        [{"type": "my_package.inner:X"}],
        directory=str(write(tmp_path, "raise SystemExit", "my_package/__init__.py")),
    )
    with pytest.raises(SettingsError, match="is not of the form"):
        verifiers.check([{"type": "my module:X"}], directory=str(tmp_path))


def test_other_verifiers_may_stand_beside_it(tmp_path):
    jwt = {"type": "jwt", "issuer": "https://j", "audience": "api", "jwks_uri": "https://j/jwks"}
    both = verifiers.load(
        [jwt, {"type": "my_module:MyVerifier"}], Surroundings(), directory=str(write(tmp_path, GOOD))
    )
    assert isinstance(both.verify("my-1", make_request()), AccessToken)
