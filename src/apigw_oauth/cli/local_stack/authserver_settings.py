"""What the development authorization server is told about a project."""

from typing import Any

from apigw_oauth.project import Project


def authserver_settings(project: Project, *, base_url: str | None, store: str) -> dict[str, Any]:
    """Return its settings; without clients in the project there is one, `demo`."""
    local = project.file.local
    clients = [client.model_dump(exclude_none=True) for client in local.clients]
    return {
        "base_url": base_url,
        "service_name": project.file.api.name,
        "store": store,
        "clients": clients or [{"client_id": "demo"}],
        "users": [user.model_dump() for user in local.users],
        "scopes": list(project.scopes()),
    }


def place_of(key: str) -> str:
    """Return where in the project file a setting of the server comes from."""
    if key == "service_name":
        return "api.name"
    return "routes" if key.startswith("scope") else f"local.{key}"
