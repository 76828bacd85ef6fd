"""References: what they look like, and that what comes out is never read as one again."""

import pytest

from apigw_oauth.authorizer import references
from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.references import Kept, Source

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/as-AbCdEf"
PARAMETER_ARN = "arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/prod/as"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("ssm:/prod/as/secret", Kept(Source("ssm", "/prod/as/secret"))),
        ("ssm:secret", Kept(Source("ssm", "secret"))),
        ("ssm:/prod/secret:3", Kept(Source("ssm", "/prod/secret:3"))),
        (f"ssm:{PARAMETER_ARN}", Kept(Source("ssm", PARAMETER_ARN))),
        ("secretsmanager:prod/as", Kept(Source("secretsmanager", "prod/as"))),
        ("secretsmanager:prod/as#secret", Kept(Source("secretsmanager", "prod/as"), "secret")),
        ("secretsmanager:a#b#c:d", Kept(Source("secretsmanager", "a"), "b#c:d")),
        (f"secretsmanager:{ARN}", Kept(Source("secretsmanager", ARN))),
        (f"secretsmanager:{ARN}#secret", Kept(Source("secretsmanager", ARN), "secret")),
    ],
)
def test_what_aws_keeps_is_named_and_not_fetched(text, kept):
    assert references.resolve(text, "place", environ={}, directory="/nowhere") == kept


@pytest.mark.parametrize(
    "text",
    [
        None,
        5,
        True,
        "https://as.example",
        "ssm",
        "env",
        "file",
        "secretsmanager",
        "SSM:/a",
        " ssm:/a",
        "x:ssm:/a",
        "",
    ],
)
def test_other_values_are_what_they_are(text):
    assert references.kept(text, "place") is None
    assert references.resolve(text, "place", environ={}, directory="/nowhere") == text


@pytest.mark.parametrize(
    "text",
    [
        "ssm:", "ssm:/", "ssm:/a//b", "ssm:/a/", "ssm:/a b", "ssm:/a\n", "ssm:/ä", "ssm:a?b=c", "ssm:arn:aws:ssm:x:y:parameter/a",
        "ssm:/a:1:2", "ssm:../../a?withDecryption=false&name=b",
        "secretsmanager:", "secretsmanager:#key", "secretsmanager:a#", "secretsmanager:a b", "secretsmanager:a\n#b",
        "secretsmanager:prod:key", f"secretsmanager:{'a' * 513}", "secretsmanager:arn:aws:iam::1:role/x", "secretsmanager:a?b#c",
    ],
)  # fmt: skip
def test_what_names_nothing_that_aws_could_keep_is_a_mistake(text):
    for _ in range(2):
        with pytest.raises(SettingsError, match=r"^place: "):
            references.kept(text, "place")


def test_a_value_that_looks_like_a_reference_is_none(tmp_path):
    (tmp_path / "file").write_text("secretsmanager:prod/as#secret\n")
    assert references.resolve("env:A", "p", environ={"A": "ssm:/b"}, directory="") == "ssm:/b"
    found = references.resolve("file:file", "p", environ={}, directory=str(tmp_path))
    assert found == "secretsmanager:prod/as#secret"
    assert not references.any_kept([{"a": "ssm:/b", "c": found}])
    assert references.any_kept([{}, {"a": Kept(Source("ssm", "/b"))}])


def test_a_reference_inside_a_value_is_not_taken_for_a_secret_that_everybody_knows():
    for value in (["env:HMAC"], {"hmac": "env:HMAC"}, {"a": [{"b": "file:hmac.txt"}]}):
        with pytest.raises(SettingsError, match=r"^place.+: a reference is not resolved here"):
            references.resolve(value, "place", environ={"HMAC": "s"}, directory="/nowhere")
    assert references.resolve(["https://a", {"b": "x:y"}], "place", environ={}, directory="/nowhere")
