"""What API Gateway makes of the OpenAPI document when it is imported."""

from collections.abc import Iterator

from apigw_oauth.authorizer.route import VERBS
from apigw_oauth.checks import place
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.listing import listed
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import Project


def root_security(project: Project) -> Iterator[Finding]:
    """Find operations that rely on `security` at the root, which REST APIs ignore."""
    document = project.openapi
    if document is None or not document.get("security") or project.file.api.type != "rest":
        return
    relying = [
        f"{name.upper()} {path}" if name in _METHODS else f"ANY {path}"
        for path, item in (document.get("paths") or {}).items()
        for name in (*_METHODS, "x-amazon-apigateway-any-method")
        if item and name in item and "security" not in (item[name] or {})
    ]
    if relying:
        yield Rule.ROOT_SECURITY.found(
            place.of_document(project, "security"),
            f"{listed(relying)} inherit `security` from the root of the document. This project honours that; an"
            " import into a REST API does not, and leaves them without an authorizer.",
            mend="repeat `security` in each operation",
        )


_METHODS = tuple(verb.lower() for verb in VERBS)
