"""Whether clients that have no token yet find out where to get one. See RFC 9728."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from apigw_oauth.checks import place
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import Project
from apigw_oauth.project.project_file import DEFAULT_STAGE
from apigw_oauth.project.resource_metadata import well_known_url

_DEFAULT_ADDRESS = "https://{id}.execute-api.{region}.amazonaws.com"


def discovery(project: Project) -> Iterator[Finding]:
    """Find metadata that clients do not find, or by the challenge alone. See RFC 9728 §3.1, §5.1."""
    if project.metadata_route() is None:
        return
    base_url = _base_url(project)
    document = project.resource_metadata_url(base_url) or ""
    looked_at = well_known_url(project.resource_metadata(base_url)["resource"])
    if not _is_below_stage(document, project.file.api.stage):
        yield _nowhere(project, f"Clients are told to look at {document}, which is above the stage.")
    elif document == looked_at:
        return
    elif project.file.api.type == "rest":
        yield Rule.METADATA_BY_CHALLENGE.found(
            place.of_key(project, "api.resource"),
            f"Challenges name {document}. A client that does not read them looks at {looked_at}, where API Gateway"
            " has nothing: that is above the stage, or the base path.",
            mend="none is needed for clients that read WWW-Authenticate, as those of MCP do; for others a custom"
            " domain of which the API has all paths",
        )
    else:
        yield _nowhere(
            project, f"Clients look at {looked_at}, and no challenge of an HTTP API tells them otherwise."
        )


def _nowhere(project: Project, problem: str) -> Finding:
    return Rule.METADATA_ABOVE_STAGE.found(
        place.of_key(project, "api.resource"),
        f"{problem} On a default address the first part of a path is the stage, so that API Gateway answers 403 or"
        " 404 there.",
        mend='a custom domain; or an HTTP API with the stage $default; or a REST API with resource = "/" or a path'
        " such as /mcp, so that its challenges name the document below the stage",
    )


def authorization_servers(project: Project) -> Iterator[Finding]:
    """Find metadata that names nobody to ask."""
    if project.metadata_route() is None:
        return
    if "authorization_servers" not in project.resource_metadata(_base_url(project)):
        yield Rule.METADATA_WITHOUT_SERVER.found(
            place.of_key(project, "api.authorization_servers"),
            "The metadata names no authorization server, since no verifier has an issuer: clients do not"
            " learn where to get a token. `serve` names its own.",
            mend='authorization_servers = ["https://as.example.com"] in [api]: the issuer of the tokens',
        )


def _base_url(project: Project) -> str:
    """Return the address of the deployed API, or what it will look like."""
    stage = project.file.api.stage
    return project.base_url or (_DEFAULT_ADDRESS if stage == DEFAULT_STAGE else f"{_DEFAULT_ADDRESS}/{stage}")


def _is_below_stage(url: str, stage: str) -> bool:
    """Say whether a URL is one that the API can answer; on a custom domain every one may be."""
    parts = urlsplit(url)
    on_default_address = ".execute-api." in parts.netloc
    return stage == DEFAULT_STAGE or not on_default_address or parts.path.startswith(f"/{stage}/")
