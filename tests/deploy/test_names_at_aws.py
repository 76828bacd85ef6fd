"""Names that AWS does not take are refused before anything is made."""

import pytest

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.deploy import names_at_aws
from apigw_oauth.deploy.draft import draft
from tests.checks.checking import Checking
from tests.deploy.templates import cases


@pytest.mark.parametrize("name", ["API_KEY", "k2", "AWS_COGNITO_CLIENT_ID", "path"])
def test_a_variable_may_be_called_so(name):
    names_at_aws.refuse_variable(name)


@pytest.mark.parametrize("name", ["AWS_REGION", "LAMBDA_TASK_ROOT", "_KEY", "K", "2KEYS", "MY-KEY"])
def test_lambda_would_not_take_a_variable(name):
    with pytest.raises(SettingsError, match=f"env:{name} .*call it something else"):
        names_at_aws.refuse_variable(name)


@pytest.mark.parametrize("path", ["/", "/.well-known/x_y", "/v1/items:batch,all", "/{id}/a-b", "/{proxy+}"])
def test_a_rest_api_may_have_a_path(path):
    names_at_aws.refuse_path(path)


@pytest.mark.parametrize("segment", ["~me", "a@b", "a=b", "(x)", "a+b", "it's"])
def test_a_rest_api_cannot_have_a_path(segment):
    with pytest.raises(SettingsError, match="use another path, or a variable"):
        names_at_aws.refuse_path(f"/v1/{segment}")


@pytest.mark.parametrize("kind", ["rest", "http"])
def test_only_rest_apis_are_so_narrow(tmp_path, kind):
    project = Checking(tmp_path).load('"GET /~me" = "public"\n', api=f'type = "{kind}"\n', more=cases.VERIFIER)
    if kind == "http":
        assert draft(project, target=cases.TARGET).routes
        return
    with pytest.raises(SettingsError, match="the segment ~me"):
        draft(project, target=cases.TARGET)


def test_a_variable_that_lambda_sets_is_refused_before_anything_is_made(tmp_path):
    verifier = cases.VERIFIER.replace("env:CLIENT_ID", "env:AWS_REGION")
    project = Checking(tmp_path).load('"GET /" = "public"\n', more=verifier)
    with pytest.raises(SettingsError, match="env:AWS_REGION is a variable that Lambda sets itself"):
        draft(project, target=cases.TARGET)
