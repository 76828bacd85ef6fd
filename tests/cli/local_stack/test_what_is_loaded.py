"""What the processes of `serve` load before they answer: it decides how soon they do."""

import subprocess
import sys

NEVER = {"boto3", "botocore", "jinja2", "joserfc", "rich", "typer", "yaml"}


LOCAL_STACK, GATEWAY = "apigw_oauth.cli.local_stack", "apigw_oauth.gateway"
GATEWAYS = ["local_gateway", "http_api.http_gateway", "websocket_api.websocket_gateway"]


def loaded_by(*modules: str) -> set[str]:
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_authorization_server_loads_what_it_needs_at_once_and_no_more():
    others = {"apigw_oauth.project", GATEWAY, "cryptography", "httpx2", "pydantic"}
    assert loaded_by(f"{LOCAL_STACK}.authserver_process") & (NEVER | others) == set()


def test_a_gateway_loads_what_it_needs_at_once_and_no_more():
    gateways = [f"{GATEWAY}.{name}" for name in GATEWAYS]
    others = {"apigw_oauth.authserver", "cryptography", "httpx2"}
    assert loaded_by(f"{LOCAL_STACK}.gateway_process", *gateways) & (NEVER | others) == set()
