"""An API that is deployed just as a project has it."""

from apigw_oauth import __version__
from apigw_oauth.checks.deployed.comparison import compare
from apigw_oauth.checks.deployed.deployed_api import (
    DeployedApi,
    DeployedAuthorizer,
    DeployedFunction,
    DeployedRoute,
)
from apigw_oauth.project import Project

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:mydemo-authorizer"
URL = "https://abc123.execute-api.eu-west-1.amazonaws.com/dev"


def as_deployed(project: Project) -> DeployedApi:
    definition = project.authorizer_definition()
    return DeployedApi(
        identifier="abc123",
        api_type=project.file.api.type,
        routes=tuple(
            DeployedRoute(one.route.key, "NONE", None)
            if one.route.public
            else DeployedRoute(one.route.key, "CUSTOM", "auth1")
            for one in project.routes
        ),
        authorizers={
            "auth1": DeployedAuthorizer(
                type=definition.type,
                identity_sources=definition.identity_sources,
                ttl=definition.ttl,
                identity_validation=definition.identity_validation,
                payload_format=definition.payload_format,
                simple_responses=definition.simple_responses,
                function=FUNCTION,
                has_role=False,
            )
        },
        gateway_responses={
            kind: dict(one.headers) for kind, one in project.gateway_responses(project.base_url or URL).items()
        },
        default_endpoint_is_open=project.file.deploy.trust_store is None,
        url=URL,
        newer_than_stage=False,
    )


def its_function(project: Project) -> DeployedFunction:
    return DeployedFunction(project.authorizer_settings(), __version__, may_be_invoked=True)


def codes(project: Project, api: DeployedApi, function: DeployedFunction | None = None) -> list[str]:
    return [one.code for one in compare(project, api, {FUNCTION: function or its_function(project)})]
