"""The alarm: the authorizer cannot reach the authorization server, so that nobody can call the API."""

from apigw_oauth.deploy.blueprint import Blueprint
from apigw_oauth.deploy.templates.cloudformation.functions import AUTHORIZER
from apigw_oauth.deploy.templates.cloudformation.intrinsics import Resources, ref, resource

METRIC = "AuthorizationServerUnreachable"


def alarm(blueprint: Blueprint) -> Resources:
    """Return the alarm; none where the function writes no metrics."""
    namespace = blueprint.function.variables.get("APIGW_OAUTH_METRICS")
    if not namespace:
        return {}
    topics = None if blueprint.alarm_topic is None else [blueprint.alarm_topic]
    return {
        "AuthorizationServerAlarm": resource(
            "AWS::CloudWatch::Alarm",
            {
                "AlarmDescription": f"The authorizer of {blueprint.name} cannot reach the authorization server",
                "Namespace": namespace,
                "MetricName": METRIC,
                "Dimensions": [{"Name": "FunctionName", "Value": ref(AUTHORIZER)}],
                "Statistic": "Sum",
                "Period": 60,
                "EvaluationPeriods": 3,
                "DatapointsToAlarm": 2,
                "Threshold": 1,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                # Without requests nobody tries to reach it.
                "TreatMissingData": "notBreaching",
                "AlarmActions": topics,
                "OKActions": topics,
            },
        )
    }
