"""What CloudFormation says it would do to a stack."""

from collections.abc import Iterator
from typing import Any

import pytest

from apigw_oauth.deploy.shipping.change_set import ChangeSet
from apigw_oauth.deploy.shipping.deploy_error import DeployError
from tests.deploy.shipping.fake_aws import STACK_ID, FakeAws, fake_aws

ID = "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/x/1"
CHANGE = {"Type": "Resource", "ResourceChange": {"Action": "Add", "LogicalResourceId": "A"}}


@pytest.fixture
def fake() -> Iterator[FakeAws]:
    with fake_aws() as found:
        found.cloudformation.add_response("create_change_set", {"Id": ID, "StackId": STACK_ID})
        yield found


def made(fake: FakeAws, pauses: list[float] | None = None) -> ChangeSet:
    return ChangeSet(fake.aws, {"StackName": "mydemo"}, sleep=([] if pauses is None else pauses).append)


def told(fake: FakeAws, status: str, **more: Any) -> None:
    fake.cloudformation.add_response("describe_change_set", {"Status": status, **more})


def test_it_takes_a_while_to_work_out(fake: FakeAws):
    told(fake, "CREATE_PENDING")
    told(fake, "CREATE_IN_PROGRESS")
    told(fake, "CREATE_COMPLETE", Changes=[CHANGE])
    pauses: list[float] = []
    assert made(fake, pauses).changes() == [CHANGE]
    assert pauses == [0.5, 0.5]


def test_all_pages_are_read(fake: FakeAws):
    told(fake, "CREATE_COMPLETE", Changes=[CHANGE], NextToken="more")
    told(fake, "CREATE_COMPLETE", Changes=[CHANGE])
    assert made(fake).changes() == [CHANGE, CHANGE]


@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit different information to create a change set.",
        "No updates are to be performed.",
    ],
)
def test_there_may_be_nothing_to_change(fake: FakeAws, reason: str):
    told(fake, "FAILED", StatusReason=reason)
    assert made(fake).changes() == []


def test_an_api_stays_of_its_type(fake: FakeAws):
    reason = (
        "Update of resource type is not permitted. The new template modifies resource type of the following"
        " resources: [Api, Stage]"
    )
    told(fake, "FAILED", StatusReason=reason)
    with pytest.raises(DeployError, match="deploy it as another stack"):
        made(fake).changes()


def test_it_may_be_impossible(fake: FakeAws):
    told(fake, "FAILED", StatusReason="Template error: no such parameter")
    with pytest.raises(DeployError) as error:
        made(fake).changes()
    assert str(error.value) == (
        "CloudFormation cannot work out what would change: Template error: no such parameter"
    )


def test_one_that_is_executed_stays(fake: FakeAws):
    fake.cloudformation.add_response("execute_change_set", {}, {"ChangeSetName": ID})
    change_set = made(fake)
    change_set.execute()
    change_set.delete()


def test_one_that_is_not_goes(fake: FakeAws):
    fake.cloudformation.add_response("delete_change_set", {}, {"ChangeSetName": ID})
    made(fake).delete()


def test_one_that_cannot_be_deleted_harms_nobody(fake: FakeAws):
    fake.cloudformation.add_client_error("delete_change_set", "AccessDenied")
    made(fake).delete()
