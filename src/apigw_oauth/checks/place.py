"""Where a finding is: file and key, as a person looks for them."""

from apigw_oauth.authorizer.route import DEFAULT
from apigw_oauth.project import Project
from apigw_oauth.project.routes import ProjectRoute

_ANY_METHOD = "x-amazon-apigateway-any-method"


def of_key(project: Project, key: str) -> str:
    """Name a key of the project file."""
    return f"{project.path.name}: {key}"


def of_route(project: Project, one: ProjectRoute) -> str:
    """Name a route: in [routes], or in the OpenAPI document if that alone declares it; else what makes it."""
    if one.declared_by == "resource":
        return of_key(project, "api.resource")
    if one.declared_by == "routes":
        return of_key(project, f'routes."{one.route.key}"')
    method, _, path = one.route.key.partition(" ") if one.route.key != DEFAULT else ("ANY", "", f"/{DEFAULT}")
    return of_document(project, f"paths.{path}.{_ANY_METHOD if method == 'ANY' else method.lower()}")


def of_document(project: Project, key: str) -> str:
    """Name a key of the OpenAPI document."""
    return f"{project.file.api.openapi}: {key}"


def of_file(project: Project) -> str:
    """Name the project file as a whole."""
    return project.path.name
