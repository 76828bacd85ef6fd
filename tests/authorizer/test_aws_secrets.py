"""By whom AWS is asked: the extension, the SDK; and by the real one, against a local AWS."""

import json
import logging
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from apigw_oauth.authorizer import aws_secrets, secrets_extension
from apigw_oauth.authorizer.aws_secrets import AwsSecrets
from apigw_oauth.authorizer.errors import SettingsError, VerifierUnavailableError
from apigw_oauth.authorizer.reason import Reason
from apigw_oauth.authorizer.references import Source
from apigw_oauth.authorizer.secrets_extension import Extension
from apigw_oauth.authorizer.verifiers.http_client import HttpClient
from tests.ministack import Ministack
from tests.scripted_server import ScriptedServer, answer

SECRET, PARAMETER = Source("secretsmanager", "prod/as"), Source("ssm", "/prod/as")
SAID = answer(b'{"SecretString": "from the extension"}')
NOT_READY = answer(b"not ready to serve traffic, please wait", status="400 Bad Request")
UNTOLD = answer(b"an unexpected error occurred while executing request", status="400 Bad Request")


class FakeClient:
    """A boto3 client, as far as it is needed."""

    meta = SimpleNamespace(partition="aws", region_name="eu-west-1")

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = answers
        self.asked: list[dict[str, Any]] = []

    def get_parameter(self, **arguments: Any) -> Any:
        return self._answer(arguments)

    def get_secret_value(self, **arguments: Any) -> Any:
        return self._answer(arguments)

    def _answer(self, arguments: dict[str, Any]) -> Any:
        self.asked.append(arguments)
        found = self.answers[arguments.get("Name") or arguments["SecretId"]]
        if isinstance(found, Exception):
            raise found
        return found


class Sdk:
    """Makes fake clients, and counts them."""

    def __init__(self, **answers: Any) -> None:
        kept = {"prod/as": {"SecretString": "from the SDK"}, "/prod/as": {"Parameter": {"Value": "a parameter"}}}
        self.client = FakeClient({**kept, **answers})
        self.made: list[tuple[str, str | None]] = []

    def __call__(self, service: str, region: str | None) -> FakeClient:
        self.made.append((service, region))
        return self.client


def extension(server: ScriptedServer) -> Extension:
    return Extension(HttpClient(server.url, total_timeout=1), "t", sleep=lambda _: None)


def test_without_an_extension_the_sdk_is_asked_by_one_client_for_each_service():
    sdk = Sdk()
    secrets = AwsSecrets(None, make_client=sdk)
    for _ in range(2):
        assert secrets.read(SECRET, when="start") == "from the SDK"
        assert secrets.read(PARAMETER, when="start") == "a parameter"
    assert sdk.made == [("secretsmanager", None), ("ssm", None)]
    assert sdk.client.asked[:2] == [{"SecretId": "prod/as"}, {"Name": "/prod/as", "WithDecryption": True}]


def test_an_arn_is_asked_for_in_its_own_region():
    arn = "arn:aws:secretsmanager:us-east-2:123456789012:secret:as-AbCdEf"
    sdk = Sdk(**{arn: {"SecretString": "s"}})
    assert AwsSecrets(None, make_client=sdk).read(Source("secretsmanager", arn), when="start") == "s"
    assert sdk.made == [("secretsmanager", "us-east-2")]


@pytest.mark.parametrize("when", ["start", "request"])
def test_where_the_extension_answers_the_sdk_is_not_loaded(when):
    sdk = Sdk()
    with ScriptedServer(SAID) as server:
        assert AwsSecrets(extension(server), make_client=sdk).read(SECRET, when=when) == "from the extension"
    assert sdk.made == []


def test_after_a_refusal_the_copy_of_the_extension_will_not_do():
    sdk = Sdk()
    with ScriptedServer(SAID) as server:
        secrets = AwsSecrets(extension(server), make_client=sdk)
        assert secrets.read(SECRET, when="refusal") == "from the SDK"
        assert server.requests == []


def test_at_start_the_extension_is_waited_for_until_the_first_request():
    sdk = Sdk()
    with ScriptedServer(NOT_READY, NOT_READY, SAID) as server:
        secrets = AwsSecrets(extension(server), make_client=sdk)
        assert secrets.read(SECRET, when="start") is None
        assert secrets.read(SECRET, when="request") == "from the extension"
    assert sdk.made == []


@pytest.mark.parametrize(
    "behaviour", [NOT_READY, UNTOLD, answer(b"garbage")], ids=["not ready", "no reason", "garbage"]
)
def test_an_extension_that_does_not_help_is_asked_no_more(behaviour):
    sdk = Sdk()
    with ScriptedServer(behaviour) as server:
        secrets = AwsSecrets(extension(server), make_client=sdk)
        assert secrets.read(SECRET, when="request") == "from the SDK"
        asked = len(server.requests)
        assert secrets.read(PARAMETER, when="request") == "a parameter"
        assert len(server.requests) == asked


def test_a_binary_secret_is_a_mistake():
    sdk = Sdk(**{"prod/as": {"SecretBinary": b"hunter2"}})
    with pytest.raises(SettingsError, match="the secret prod/as is binary; store it as a text"):
        AwsSecrets(None, make_client=sdk).read(SECRET, when="start")


def test_whatever_the_sdk_raises_is_told_apart_and_shows_nothing():
    for raised in (ValueError("hunter2"), KeyError("hunter2"), RuntimeError("hunter2")):
        with pytest.raises(SettingsError, match=type(raised).__name__) as caught:
            AwsSecrets(None, make_client=Sdk(**{"prod/as": raised})).read(SECRET, when="start")
        assert "hunter2" not in str(caught.value)
        assert caught.value.__suppress_context__


# The SDK itself


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch, ministack: Ministack) -> Mapping[str, str]:
    for name, value in ministack.environ.items():
        monkeypatch.setenv(name, value)
    return ministack.environ


def test_the_sdk_reads_what_a_local_aws_keeps_and_what_has_changed_there(ministack: Ministack, environ):
    manager, store = ministack.client("secretsmanager"), ministack.client("ssm")
    arn = manager.create_secret(Name="secrets-test/as", SecretString=json.dumps({"secret": "s1"}))["ARN"]
    store.put_parameter(Name="/secrets-test/as", Value="p1", Type="SecureString")
    secrets = aws_secrets.of(environ)
    for identifier in ("secrets-test/as", arn):
        assert secrets.read(Source("secretsmanager", identifier), when="start") == '{"secret": "s1"}'
    assert secrets.read(Source("ssm", "/secrets-test/as"), when="start") == "p1"
    manager.put_secret_value(SecretId="secrets-test/as", SecretString="s2")
    store.put_parameter(Name="/secrets-test/as", Value="p2", Type="SecureString", Overwrite=True)
    assert secrets.read(Source("secretsmanager", arn), when="refusal") == "s2"
    assert secrets.read(Source("ssm", "/secrets-test/as"), when="refusal") == "p2"
    assert secrets.read(Source("ssm", "/secrets-test/as:1"), when="refusal") == "p1"
    for source in (Source("secretsmanager", "secrets-test/none"), Source("ssm", "/secrets-test/none")):
        with pytest.raises(SettingsError, match="does not exist in eu-west-1; create it"):
            secrets.read(source, when="start")


def test_no_level_of_logging_has_the_sdk_write_down_what_is_secret(
    ministack: Ministack, environ, caplog: pytest.LogCaptureFixture
):
    ministack.client("secretsmanager").create_secret(Name="secrets-test/quiet", SecretString="hunter2")
    caplog.clear()
    for name in ("", "botocore", "botocore.parsers"):
        caplog.set_level("DEBUG", logger=name)
    assert aws_secrets.of({}).read(Source("secretsmanager", "secrets-test/quiet"), when="start") == "hunter2"
    with pytest.raises(SettingsError):
        aws_secrets.of({}).read(Source("secretsmanager", "secrets-test/none"), when="start")
    assert "hunter2" not in caplog.text
    assert [record for record in caplog.records if record.levelname == "DEBUG"] == []
    logging.getLogger("botocore").debug("what others do is told as before")
    assert "as before" in caplog.text


def test_without_credentials_or_region_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch, environ):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(
        SettingsError, match=r"without AWS credentials \(NoCredentialsError\); sign in \(aws configure"
    ):
        aws_secrets.of({}).read(SECRET, when="start")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(SettingsError, match="without AWS credentials"):
        aws_secrets.of({}).read(SECRET, when="start")
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(SettingsError, match="in no AWS region; set AWS_REGION"):
        aws_secrets.of({}).read(SECRET, when="start")


def test_where_nobody_answers_it_is_an_outage_and_a_wrong_address_is_a_mistake(
    monkeypatch: pytest.MonkeyPatch, environ
):
    monkeypatch.setattr("time.sleep", lambda _: None)  # botocore waits between its two attempts
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(
        VerifierUnavailableError, match=r"AWS does not answer \(EndpointConnectionError\)"
    ) as caught:
        aws_secrets.of({}).read(SECRET, when="start")
    assert caught.value.reason is Reason.SECRETS_UNAVAILABLE
    monkeypatch.setenv("AWS_ENDPOINT_URL", "nonsense")
    with pytest.raises(SettingsError, match=r"\(ValueError\); is AWS set up, AWS_ENDPOINT_URL included"):
        aws_secrets.of({}).read(SECRET, when="start")


def test_the_whole_way_is_short_enough_for_a_request():
    fallback = aws_secrets.ATTEMPTS * (aws_secrets.CONNECT_TIMEOUT + aws_secrets.READ_TIMEOUT)
    assert secrets_extension.TIMEOUT + fallback < 10
