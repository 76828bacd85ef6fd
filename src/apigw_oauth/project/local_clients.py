"""Who uses the development authorization server: its clients, and the people who log in."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

_STRICT = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class Client(BaseModel):
    """[[local.clients]]."""

    model_config = _STRICT

    client_id: str = Field(min_length=1)
    client_secret: str | None = Field(None, min_length=1, repr=False)
    name: str | None = None
    scopes: list[str] = []
    redirect_uris: list[str] = []
    confidential: bool = True
    token_endpoint_auth_method: (
        Literal["client_secret_basic", "client_secret_post", "private_key_jwt", "none"] | None
    ) = None
    jwks: dict[str, Any] | None = None
    access_token_format: Literal["opaque", "jwt"] | None = None
    dpop_bound: bool = False


class User(BaseModel):
    """[[local.users]]."""

    model_config = _STRICT

    login: str = Field(min_length=1)
    password: str = Field(min_length=1, repr=False)
