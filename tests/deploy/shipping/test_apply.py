"""Plans are carried out; what fails is taken back, and explained."""

from typing import Any

import pytest

from apigw_oauth.deploy.shipping.apply import Deployer
from apigw_oauth.deploy.shipping.change_set import ChangeSet
from apigw_oauth.deploy.shipping.deploy_error import DeployError
from apigw_oauth.deploy.shipping.events import Event
from apigw_oauth.deploy.shipping.plan import Plan
from apigw_oauth.deploy.shipping.prepare import Prepared
from tests.deploy.shipping.fake_aws import STACK_ID, FakeAws, event, fake_aws, impatient
from tests.deploy.shipping.test_prepare import BEFORE, BUCKET, CHANGE_SET, NEW_BUCKET, WANTED, ZIP

PLAN = Plan("create", "mydemo", "111122223333", "eu-west-1", uploads=(ZIP,))
CREATE = Prepared(PLAN._replace(uploads=()), WANTED._replace(bucket=BUCKET), None, None)
FAILURE = event(2, "Fn", "CREATE_FAILED", "no role s3cret")


class Reports:
    """What was told."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.stacks: list[str] = []
        self.events: list[Event] = []

    def step(self, text: str) -> None:
        self.steps.append(text)

    def started(self, stack_id: str) -> None:
        self.stacks.append(stack_id)

    def event(self, event: Event) -> None:
        self.events.append(event)


def deployer(fake: FakeAws, reports: Reports | None = None) -> Deployer:
    return Deployer(fake.aws, reports or Reports(), sleep=impatient)


def created(fake: FakeAws, *events: dict[str, Any], status: str) -> None:
    fake.cloudformation.add_response("create_stack", {"StackId": STACK_ID})
    fake.events(event(9, "mydemo", status), *events)
    fake.stack(status)


def deleted(fake: FakeAws, *events: dict[str, Any], status: str = "DELETE_COMPLETE") -> None:
    fake.events(event(9, "mydemo", "old"))
    fake.cloudformation.add_response("delete_stack", {}, {"StackName": STACK_ID})
    fake.events(event(12, "mydemo", status), *events)


def updated(fake: FakeAws, *events: dict[str, Any], status: str, outputs: Any = ()) -> Prepared:
    fake.cloudformation.add_response("create_change_set", {"Id": CHANGE_SET, "StackId": STACK_ID})
    fake.events(event(1, "mydemo", "CREATE_COMPLETE"))
    fake.cloudformation.add_response("execute_change_set", {}, {"ChangeSetName": CHANGE_SET})
    fake.events(event(9, "mydemo", status), *events, event(1, "mydemo", "CREATE_COMPLETE"))
    fake.stack(status, Outputs=list(outputs))
    change_set = ChangeSet(fake.aws, {"StackName": "mydemo"}, sleep=impatient)
    return CREATE._replace(before=BEFORE, change_set=change_set)


def test_a_new_stack_gets_its_bucket_and_its_code_first():
    reports = Reports()
    with fake_aws() as fake:
        fake.s3.add_response("create_bucket", {})
        fake.s3.add_response("put_public_access_block", {})
        fake.s3.add_response("put_object", {})
        created(fake, event(2, "Fn", "CREATE_COMPLETE"), status="CREATE_COMPLETE")
        ready = Prepared(PLAN, WANTED._replace(bucket=NEW_BUCKET), None, None)
        assert deployer(fake, reports).deploy(ready).status == "CREATE_COMPLETE"
    assert reports.steps == ["making the bucket b", "uploading the authorizer, 3 bytes"]
    assert reports.stacks == [STACK_ID]
    assert [one.resource for one in reports.events] == ["Fn", "mydemo"]


def test_what_an_earlier_attempt_has_left_goes_first():
    with fake_aws() as fake:
        deleted(fake)
        created(fake, status="CREATE_COMPLETE")
        plan = CREATE.plan._replace(removes_remains=True)
        reports = Reports()
        deployer(fake, reports).deploy(CREATE._replace(plan=plan, before=BEFORE))
    assert reports.steps == ["deleting what an earlier attempt has left of the stack mydemo"]


def test_a_creation_that_fails_leaves_nothing_and_says_why_without_secrets():
    reports = Reports()
    with fake_aws() as fake, pytest.raises(DeployError) as told:
        created(fake, FAILURE, status="ROLLBACK_COMPLETE")
        deleted(fake)
        deployer(fake, reports).deploy(CREATE)
    assert str(told.value) == (
        "the Lambda function Fn could not be created: no role ****. What had been made has been removed again."
    )
    assert reports.steps == ["deleting the empty stack mydemo"]
    assert reports.events[0].reason == "no role ****"


def test_a_creation_that_cannot_be_taken_back_stays():
    with fake_aws() as fake, pytest.raises(DeployError, match="It cannot be removed either: mend"):
        created(fake, FAILURE, status="ROLLBACK_FAILED")
        deployer(fake).deploy(CREATE)


def test_an_update_is_followed_to_its_end():
    with fake_aws() as fake:
        ready = updated(fake, event(2, "Fn", "UPDATE_COMPLETE"), status="UPDATE_COMPLETE")
        assert deployer(fake).deploy(ready).status == "UPDATE_COMPLETE"


def test_a_stack_may_be_behind_its_events():
    with fake_aws() as fake:
        fake.cloudformation.add_response("create_stack", {"StackId": STACK_ID})
        fake.events(event(9, "mydemo", "CREATE_COMPLETE"))
        fake.stack("CREATE_IN_PROGRESS")
        fake.stack("CREATE_COMPLETE")
        assert deployer(fake).deploy(CREATE).status == "CREATE_COMPLETE"


def test_an_update_that_fails_is_explained():
    with fake_aws() as fake, pytest.raises(DeployError) as told:
        failure = event(2, "Fn", "UPDATE_FAILED", "no")
        deployer(fake).deploy(updated(fake, failure, status="UPDATE_ROLLBACK_COMPLETE"))
    assert str(told.value) == (
        "the Lambda function Fn could not be changed: no. The stack is again as it was before."
    )


def test_somebody_may_delete_the_stack_meanwhile():
    with fake_aws() as fake, pytest.raises(DeployError, match="somebody has deleted it meanwhile"):
        fake.cloudformation.add_response("create_stack", {"StackId": STACK_ID})
        fake.events(event(9, "mydemo", "CREATE_COMPLETE"))
        fake.cloudformation.add_client_error("describe_stacks", "ValidationError", "it does not exist")
        deployer(fake).deploy(CREATE)


def test_a_deletion_that_fails_says_what_is_left():
    with fake_aws() as fake, pytest.raises(DeployError) as told:
        deleted(fake, event(11, "Fn", "DELETE_FAILED", "in use"), status="DELETE_FAILED")
        deployer(fake).delete(BEFORE)
    assert str(told.value) == (
        "the Lambda function Fn could not be deleted: in use. The rest is gone: mend what the events say, and run"
        " this with --delete again."
    )
