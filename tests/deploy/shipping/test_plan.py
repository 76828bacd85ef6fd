"""What a deployment would do, as data."""

from typing import Any

import pytest

from apigw_oauth.deploy.shipping import plan, resource_kinds
from apigw_oauth.deploy.shipping.plan import Change


def change(action: str, **told: Any) -> dict[str, Any]:
    return {
        "Type": "Resource",
        "ResourceChange": {
            "Action": action, "LogicalResourceId": "Api", "ResourceType": "AWS::ApiGateway::RestApi", **told
        },
    }  # fmt: skip


def test_what_is_in_a_template_is_created():
    document = {"Resources": {"Fn": {"Type": "AWS::Lambda::Function"}, "Log": {"Type": "AWS::Logs::LogGroup"}}}
    assert plan.of_template(document) == (
        Change("create", "Fn", "Lambda function", "AWS::Lambda::Function"),
        Change("create", "Log", "log group", "AWS::Logs::LogGroup"),
    )


@pytest.mark.parametrize(
    ("told", "action", "loses"),
    [
        (change("Add"), "create", False),
        (change("Modify", Replacement="False"), "change", False),
        (change("Modify", Replacement="Conditional"), "perhaps replace", True),
        (change("Modify", Replacement="True"), "replace", True),
        (change("Remove"), "delete", True),
        (change("Remove", PolicyAction="Retain"), "keep", False),
        (change("Dynamic"), "change", False),
    ],
    ids=["add", "modify", "conditional", "replacement", "remove", "retain", "dynamic"],
)
def test_a_change_set_says_what_happens_to_each_resource(told: dict[str, Any], action: str, loses: bool):
    (found,) = plan.of_change_set([told])
    assert (found.action, found.kind, bool(found.loses)) == (action, "REST API", loses)


def test_what_changes_is_named_once():
    details = [
        {"Target": {"Attribute": "Properties", "Name": "Code"}},
        {"Target": {"Attribute": "Properties", "Name": "Code"}},
        {"Target": {"Attribute": "Tags"}},
    ]
    (found,) = plan.of_change_set([change("Modify", Replacement="False", Details=details)])
    assert found.because == ("Code", "Tags")


def test_what_is_not_about_a_resource_is_left_out():
    assert plan.of_change_set([{"Type": "Hook"}]) == ()


def test_a_deletion_leaves_what_the_template_retains():
    resources = [
        {"LogicalResourceId": name, "ResourceType": "AWS::Logs::LogGroup", "ResourceStatus": status}
        for name, status in (("Kept", "CREATE_COMPLETE"), ("Lost", "CREATE_COMPLETE"), ("Gone", "DELETE_COMPLETE"))
    ]
    document = {"Resources": {"Kept": {"DeletionPolicy": "RetainExceptOnCreate"}}}
    found = plan.of_deletion(resources, document)
    assert [(one.action, one.resource, one.loses) for one in found] == [
        ("keep", "Kept", ""),
        ("delete", "Lost", "what it holds is gone"),
    ]


def test_kinds_without_a_name_are_called_after_their_type():
    assert resource_kinds.name_of("AWS::SNS::TopicPolicy") == "topic policy"
    assert resource_kinds.name_of("AWS::ApiGatewayV2::Api") == "API"
