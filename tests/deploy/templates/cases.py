"""Projects whose templates are compared with files, and what is deployed for them."""

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from apigw_oauth.deploy.blueprint import Blueprint
from apigw_oauth.deploy.draft import draft
from apigw_oauth.deploy.target import Target
from apigw_oauth.project import Project, load_project

EXAMPLES = Path(__file__).parents[3] / "examples"
DOCUMENTS = Path(__file__).with_name("documents")
GOLDEN = Path(__file__).with_name("golden")
RENEW = "RENEW_GOLDEN"
"""A variable: if it is set, the files are written anew instead of compared. Read what has changed in them."""

TARGET = Target("3.13", "arm64")

VERIFIER = """
[[verifiers]]
type = "introspection"
endpoint = "https://as.example.com/introspect"
client_id = "env:CLIENT_ID"
client_secret = "secretsmanager:prod/as#secret"
"""

TOKEN = """
[api]
name = "pets"
[routes]
"GET /" = "public"
"ANY /pets/{id}" = { scopes = ["read"], integration = { http = "https://pets.example.com/v1/{id}" } }
"GET /files/{proxy+}" = { scopes = [], integration = { http = "https://files.example.com/{proxy}" } }
[authorizer]
event = "token"
cache = "token"
identity_validation = '^Bearer [-0-9a-zA-Z._~+/]+=*$'
"""

PETSTORE = """
[api]
name = "petstore"
openapi = "petstore.yaml"
resource = "/"
authorization_servers = ["https://as.example.com"]
cors_origins = ["*"]
[routes]
"GET /pets/{petId}" = { scopes = ["pets:read"], integration = { http = "https://pets.example.com/{petId}" } }
"GET /health" = { public = true, integration = { mock = "fine" } }
"POST /pets" = { scopes = ["pets:write"], integration = { lambda = "functions.py:pay" } }
[gateway_responses.THROTTLED]
headers = { Retry-After = "'5'" }
"""

DPOP = """
[api]
name = "payments"
stage = "v1"
resource = "/"
authorization_servers = ["https://as.example.com"]
cors_origins = ["https://app.example.com"]
public_base_urls = ["https://pay.example.com"]
[routes]
"POST /payments" = { scopes = ["pay"], sender_constrained = true, integration = { lambda = "functions.py:pay" } }
"GET /price" = { public = true, integration = { mock = '{"price": "$5", "note": "${not} #a %{template}"}' } }
[authorizer]
cache = "off"
refusals = "dynamic-401"
dpop = { nonces = true }
[deploy]
domain = "pay.example.com"
certificate = "arn:aws:acm:eu-west-1:111122223333:certificate/1"
trust_store = "s3://trust/store.pem"
alarm_topic = "arn:aws:sns:eu-west-1:111122223333:alarms"
layers = ["arn:aws:lambda:eu-west-1:111122223333:layer:extension:12"]
function_layers = ["arn:aws:lambda:eu-west-1:111122223333:layer:dependencies:3"]
"""

EDGES = """
[api]
name = "edges"
type = "http"
stage = "live"
resource = "/mcp"
authorization_servers = ["https://as.example.com"]
cors_origins = ["*"]
[routes]
"$default" = { scopes = ["all"], integration = { http = "https://rest.example.com" } }
"POST /mcp" = { scopes = ["mcp"], integration = { lambda = "functions.py:mcp" } }
"GET /items/{itemId}" = { scopes = ["a"], integration = { http = "https://items.example.com/{itemId}" } }
[authorizer]
cache = "token"
[deploy]
domain = "edges.example.com"
certificate = "arn:aws:acm:eu-west-1:111122223333:certificate/1"
"""

CHAT = """
[api]
name = "chat"
type = "websocket"
stage = "live"
[routes]
"$connect" = { scopes = ["chat"] }
"$default" = { integration = { mock = '{"say": "hello"}' } }
"send" = { integration = { http = "https://chat.example.com/send" } }
"""

NAMES = (
    "mydemoresource",
    "httpapi",
    "websocket",
    "token",
    "dpop",
    "edges",
    "chat",
)
_TEXTS = {"token": TOKEN, "dpop": DPOP, "edges": EDGES, "chat": CHAT, "petstore": PETSTORE}
_FUNCTIONS = "def pay(event, context): ...\n\n\ndef mcp(event, context): ...\n"


def project(name: str) -> Project:
    """Return an example, or one of the projects above."""
    if name not in _TEXTS:
        return load_project(EXAMPLES / name)
    with TemporaryDirectory() as directory:
        Path(directory, "apigw-oauth.toml").write_text(_TEXTS[name] + VERIFIER)
        Path(directory, "functions.py").write_text(_FUNCTIONS)
        shutil.copy(DOCUMENTS / "petstore.yaml", directory)
        return load_project(directory)


def blueprint(name: str, scope: Literal["api", "authorizer"] = "api", *, imported: bool = False) -> Blueprint:
    """Return what is deployed for it; `imported`: from its OpenAPI document."""
    return draft(project(name), target=TARGET, scope=scope, imported=imported)


def golden(file: str, text: str) -> str:
    """Return what the file has, or with `RENEW_GOLDEN` in the environment write it."""
    path = GOLDEN / file
    if os.environ.get(RENEW):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8")
