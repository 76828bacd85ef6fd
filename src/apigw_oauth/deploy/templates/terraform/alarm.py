"""The alarm: the authorization server cannot be reached."""

from collections.abc import Iterator

from apigw_oauth.deploy.blueprint import Blueprint
from apigw_oauth.deploy.templates.terraform.hcl import Block, Expression, Value, block

_NAMESPACE = "APIGW_OAUTH_METRICS"
_METRIC = "AuthorizationServerUnreachable"


def blocks(blueprint: Blueprint, function_name: Expression) -> Iterator[Block]:
    """Return the alarm; none where the authorizer counts nothing."""
    namespace = blueprint.function.variables.get(_NAMESPACE)
    if not namespace:
        return
    topics: list[Value] = [] if blueprint.alarm_topic is None else [blueprint.alarm_topic]
    told: dict[str, Value] = {"alarm_actions": topics, "ok_actions": topics} if topics else {}
    yield block(
        "resource",
        "aws_cloudwatch_metric_alarm",
        "authorization_server_unreachable",
        attributes={
            "alarm_name": Expression('"${var.name}-authorization-server-unreachable"'),
            "alarm_description": f"The authorizer of {blueprint.name} cannot reach the authorization server",
            "namespace": namespace,
            "metric_name": _METRIC,
            "dimensions": {"FunctionName": function_name},
            "statistic": "Sum",
            "period": 60,
            "evaluation_periods": 3,
            "datapoints_to_alarm": 2,
            "threshold": 1,
            "comparison_operator": "GreaterThanOrEqualToThreshold",
            # Without requests nobody tries to reach it.
            "treat_missing_data": "notBreaching",
            **told,
        },
    )
