"""What CloudFormation tells, event by event."""

from apigw_oauth.deploy.shipping import events
from apigw_oauth.deploy.shipping.events import Event, Following
from tests.deploy.shipping.fake_aws import STACK_ID, FakeAws, event, fake_aws


def followed(fake: FakeAws, after: str | None = None) -> tuple[list[str], list[float]]:
    pauses: list[float] = []
    told = Following(fake.aws, STACK_ID, after=after, sleep=pauses.append).events()
    return [f"{one.resource} {one.status}" for one in told], pauses


def test_each_event_is_told_once_the_oldest_first_until_the_stack_is_at_rest():
    begun, made = event(1, "mydemo", "CREATE_IN_PROGRESS"), event(2, "Function", "CREATE_COMPLETE")
    ended = event(3, "mydemo", "CREATE_COMPLETE")
    with fake_aws() as fake:
        fake.events(begun)
        fake.events(begun)
        fake.events(ended, made, begun)
        told, pauses = followed(fake)
    assert told == ["mydemo CREATE_IN_PROGRESS", "Function CREATE_COMPLETE", "mydemo CREATE_COMPLETE"]
    assert pauses == [0.25, 0.5]


def test_what_was_before_is_passed_over():
    old = event(1, "mydemo", "CREATE_COMPLETE")
    with fake_aws() as fake:
        fake.events(old)
        assert events.last_of(fake.aws, STACK_ID) == "1"
        fake.events(old)  # the update has not shown yet
        fake.events(event(3, "mydemo", "UPDATE_COMPLETE"), event(2, "mydemo", "UPDATE_IN_PROGRESS"), old)
        told, _ = followed(fake, after="1")
    assert told == ["mydemo UPDATE_IN_PROGRESS", "mydemo UPDATE_COMPLETE"]


def test_an_update_that_only_cleans_up_is_not_over():
    with fake_aws() as fake:
        fake.events(event(1, "mydemo", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"))
        fake.events(event(2, "mydemo", "UPDATE_COMPLETE"), event(1, "mydemo", "…"))
        assert len(followed(fake)[0]) == 2


def test_questions_become_rarer_up_to_a_limit():
    with fake_aws() as fake:
        for _ in range(6):
            fake.events()
        fake.events(event(1, "mydemo", "CREATE_COMPLETE"))
        assert followed(fake)[1] == [0.25, 0.5, 1.0, 2.0, 2.0, 2.0]


def test_all_pages_are_read_up_to_what_is_known():
    with fake_aws() as fake:
        first = {"StackEvents": [event(3, "mydemo", "CREATE_COMPLETE")], "NextToken": "more"}
        fake.cloudformation.add_response("describe_stack_events", first)
        fake.events(event(2, "Function", "CREATE_COMPLETE"), event(1, "mydemo", "CREATE_IN_PROGRESS"))
        assert [one.partition(" ")[0] for one in followed(fake)[0]] == ["mydemo", "Function", "mydemo"]


def test_a_stack_without_events_has_no_last_one():
    with fake_aws() as fake:
        fake.events()
        assert events.last_of(fake.aws, STACK_ID) is None


def test_what_was_given_up_because_of_something_else_has_not_failed():
    failed = Event("Function", "Lambda function", "CREATE_FAILED", "no such role", is_stack=False)
    assert failed.failed
    assert not failed._replace(reason="Resource creation cancelled").failed
    assert not failed._replace(status="CREATE_COMPLETE").failed
