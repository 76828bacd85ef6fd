"""The project file, apigw-oauth.toml: read, checked, and compiled for every other part."""

from apigw_oauth.project.authorizer_definition import AuthorizerDefinition
from apigw_oauth.project.project import Project, load_project

__all__ = ["AuthorizerDefinition", "Project", "load_project"]
