"""Plans, as people read them."""

from apigw_oauth.cli.deploying import plan_text
from apigw_oauth.deploy.shipping.artifacts import Artifact, Bucket
from apigw_oauth.deploy.shipping.parameters import Value
from apigw_oauth.deploy.shipping.plan import Change, Plan

PLAN = Plan("update", "mydemo", "111122223333", "eu-west-1")


def text(plan: Plan) -> str:
    return "\n".join(plan_text.lines(plan, 72))


def test_what_happens_is_grouped_by_what_it_is():
    changes = (
        Change("create", "RouteA", "route", "t"),
        Change("change", "Fn", "Lambda function", "t", because=("Code", "Timeout")),
        Change("create", "RouteB", "route", "t"),
        Change("perhaps replace", "Auth", "authorizer", "t", because=("Type",)),
        Change("replace", "Api", "REST API", "t", loses="the address goes"),
        Change("delete", "Log", "log group", "t", loses="what it holds is gone"),
        Change("keep", "Kept", "log group", "t"),
    )
    assert (
        text(PLAN._replace(changes=changes))
        == """\
The stack mydemo would be changed: eu-west-1, account 111122223333
To create:
  route  RouteA, RouteB
To change:
  Lambda function  Fn (Code, Timeout)
To change, or to replace if CloudFormation cannot change it:
  authorizer  Auth (Type)
To replace:
  REST API  Api
To delete:
  log group  Log
To leave as it is, outside the stack:
  log group  Kept
Mind:
  REST API Api: the address goes
  log group Log: what it holds is gone"""
    )


def test_long_lists_are_wrapped_below_one_another():
    changes = tuple(Change("create", f"MethodNumber{number}", "method", "t") for number in range(6))
    assert text(PLAN._replace(operation="create", changes=changes)).splitlines()[2:] == [
        "  method  MethodNumber0, MethodNumber1, MethodNumber2, MethodNumber3,",
        "          MethodNumber4, MethodNumber5",
    ]


def test_parameters_and_uploads_are_told_and_secrets_are_not():
    plan = PLAN._replace(
        operation="create",
        removes_remains=True,
        values=(
            Value("CodeKey", "k", "computed", secret=False),
            Value("ReservedConcurrency", "5", "given", secret=False),
            Value("Key", "s3cret", "environment", secret=True),
        ),
        bucket=Bucket("b", ours=True, exists=False),
        uploads=(Artifact("the authorizer", "key", b"z" * 1234),),
    )
    assert (
        text(plan)
        == """\
The stack mydemo would be created: eu-west-1, account 111122223333
  What an earlier attempt, which failed, has left of it is deleted
  first.
Parameters:
  ReservedConcurrency  5
  Key                  **** (from the environment)
To upload to the bucket b, which is made and closed to the public:
  the authorizer, 1,234 bytes"""
    )


def test_code_that_is_there_is_not_uploaded_again():
    plan = PLAN._replace(bucket=Bucket("b", ours=True, exists=True))
    assert text(plan).endswith("To upload to the bucket b:\n  nothing: the code is there")


def test_nothing_to_do_is_one_line():
    plan = PLAN._replace(operation="nothing", bucket=Bucket("b", ours=True, exists=True))
    assert text(plan) == "The stack mydemo is up to date: eu-west-1, account 111122223333"
