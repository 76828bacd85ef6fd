"""apigw-oauth.toml as a person writes it: which keys there are, and what they hold."""

import ipaddress
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.project.deploy_table import Deploy
from apigw_oauth.project.local_clients import Client, User
from apigw_oauth.project.table import Table, like, validate

DEFAULT_NAME = "apigw-oauth.toml"

ApiType = Literal["rest", "http", "websocket"]
DEFAULT_STAGE = "$default"
"""Of HTTP APIs alone: its base URL has no stage in its path."""


class Address(NamedTuple):
    """Where a server listens."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read HOST:PORT, with an IPv6 address in brackets. Raises ValueError."""
        match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})", text)
        if match is None or int(match[3]) > 65535:
            raise ValueError(f"{text!r} is not HOST:PORT, such as 127.0.0.1:8080")
        return cls(match[1] or match[2], int(match[3]))

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def _address(text: str) -> str:
    Address.parse(text)
    return text


def _function(text: str) -> str:
    if re.fullmatch(r"[^:]+\.py:[A-Za-z_]\w*", text) is None:
        raise ValueError(f"{text!r} is not FILE.py:FUNCTION")
    return text


def _regular_expression(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"is not a regular expression: {error}") from None
    return text


Function = Annotated[str, AfterValidator(_function)]
HostAndPort = Annotated[str, AfterValidator(_address)]


_NAME = like(
    "[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}", "must have 1 to 100 letters, digits, spaces, ., - and _, such as pets"
)
_STAGE = like(r"[A-Za-z0-9_-]{1,128}|\$default", "must have 1 to 128 letters, digits, - and _, such as dev")
_ORIGIN = like(r"https?://[^\s?#]+", "must be an address like https://api.example.com, without query and fragment")
_HTTP = like(r"(?s:https?://.*)", "must begin with https:// or http://")
# An absolute address, or a path below whatever address the API has.
_RESOURCE = like(
    r"https?://[^\s?#]+|/[^\s?#]*",
    "must be an address like https://api.example.com, or a path like /mcp, without query and fragment",
)
_BROWSER_ORIGIN = like(
    r"\*|https?://[A-Za-z0-9.:\[\]-]+", 'must be an origin like https://app.example.com, or "*"'
)
_RESPONSE_TYPE = like("[A-Z0-9_]+", "must be a type of gateway response, such as UNAUTHORIZED")


class Api(Table):
    """[api]."""

    name: Annotated[str, _NAME] = "api"
    type: ApiType = "rest"
    stage: Annotated[str, _STAGE] = "dev"
    openapi: str | None = None
    public_base_urls: list[Annotated[str, _ORIGIN]] = []
    resource: Annotated[str, _RESOURCE] | None = None
    resource_metadata: Annotated[str, _ORIGIN] | None = None
    authorization_servers: list[Annotated[str, _ORIGIN]] = []
    cors_origins: list[Annotated[str, _BROWSER_ORIGIN]] = []

    @model_validator(mode="before")
    @classmethod
    def _choose_stage(cls, content: Any) -> Any:
        if isinstance(content, dict) and content.get("type") == "http":
            return {"stage": DEFAULT_STAGE, **content}
        return content

    @field_validator("stage")
    @classmethod
    def _check_stage(cls, stage: str, info: ValidationInfo) -> str:
        if stage == DEFAULT_STAGE and info.data.get("type") != "http":
            raise ValueError(f"{stage} is for HTTP APIs; use a name such as dev")
        return stage


class Dpop(Table):
    """[authorizer.dpop]: how DPoP proofs are checked."""

    algorithms: list[str] = Field(["ES256", "PS256", "RS256", "EdDSA", "Ed25519"], min_length=1)
    max_age: int = Field(60, ge=1, le=300)
    nonces: bool = False
    replay: Literal["best-effort", "off"] = "best-effort"


class Authorizer(Table):
    """[authorizer]."""

    event: Literal["token", "request"] = "request"
    cache: Literal["route", "token", "off"] | None = None
    cache_ttl: int = Field(60, ge=0, le=3600)
    payload_format: Literal["1.0", "2.0"] | None = None
    simple_responses: bool | None = None
    identity_sources: list[str] | None = None
    identity_validation: Annotated[str, AfterValidator(_regular_expression)] | None = None
    refusals: Literal["static-401", "dynamic-401"] = "static-401"
    context: list[str] = ["sub", "client_id", "scope", "exp"]
    handler: Function | None = None
    on_decision: Function | None = None
    sender_constrained: bool = False
    dpop: Dpop | None = None


class GatewayResponse(Table):
    """[gateway_responses.TYPE]."""

    status: int | None = Field(None, ge=400, le=599)
    headers: dict[str, str] = {}
    templates: dict[str, str] = {}


class Integration(Table):
    """What answers a route: exactly one of these."""

    function: Function | None = Field(None, alias="lambda")
    http: Annotated[str, _HTTP] | None = None
    mock: str | None = None


class Requirement(Table):
    """One route of [routes], written as a table."""

    public: Literal[True] | None = None
    scopes: list[str] | None = None
    any_of: list[list[str]] | None = None
    acr_values: list[str] | None = Field(None, min_length=1)
    max_age: int | None = Field(None, ge=0)
    sender_constrained: bool = False
    authorization_details: list[str] | None = Field(None, min_length=1)
    integration: Integration | None = None


class Local(Table):
    """[local]."""

    gateway: HostAndPort = "127.0.0.1:8080"
    authserver: HostAndPort = "127.0.0.1:8081"
    store: str = ":memory:"
    trust_store: str | None = None
    implicit_grant: bool = False
    clients: list[Client] = []
    users: list[User] = []


class ProjectFile(Table):
    """The whole file. The values of [routes] are read by `routes.py`, which can say more about them."""

    api: Api = Api()
    routes: dict[str, Any] = {}
    authorizer: Authorizer = Authorizer()
    gateway_responses: dict[Annotated[str, _RESPONSE_TYPE], GatewayResponse] = {}
    verifiers: list[dict[str, Any]] = []
    deploy: Deploy = Deploy()
    local: Local = Local()


def read(path: Path) -> ProjectFile:
    """Read the file. Raises SettingsError with every mistake: file, key, reason."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path}: there is no such file; `apigw-oauth new DIR` writes one") from None
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: is not UTF-8 text") from None
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a ValueError too
        raise SettingsError(f"{path}: is not TOML: {error}") from None
    return validate(ProjectFile, content, place=str(path))
