"""Where the API is, written as for Fn::Sub."""

from apigw_oauth.deploy.blueprint import Blueprint

ARN = "arn:${AWS::Partition}"


def api(blueprint: Blueprint) -> str:
    """Return what names the API's id: a resource, or the parameter for an API that is there already."""
    return "Api" if blueprint.scope == "api" else "ApiId"


def base_url(blueprint: Blueprint) -> str:
    """Return the address of the stage, without a slash at its end."""
    scheme = "wss" if blueprint.api_type == "websocket" else "https"
    if blueprint.domain is not None:
        return f"{scheme}://{blueprint.domain.name}"
    below = "" if blueprint.stage == "$default" else f"/{blueprint.stage}"
    return f"{scheme}://${{{api(blueprint)}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}{below}"


def executions(blueprint: Blueprint) -> str:
    """Return how the ARNs begin of what the API may invoke a function for."""
    return f"{ARN}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{api(blueprint)}}}"


def invocations(function: str) -> str:
    """Return the address by which API Gateway invokes a function, a resource of the template."""
    return f"{ARN}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{{function}.Arn}}/invocations"
