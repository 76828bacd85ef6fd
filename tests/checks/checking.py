"""A project in a few lines, and what a check finds in it."""

from pathlib import Path

from apigw_oauth.checks.checks import check
from apigw_oauth.checks.finding import Finding
from apigw_oauth.checks.rules import Rule
from apigw_oauth.project import Project, load_project

VERIFIER = """
[[verifiers]]
type = "authlete"
base_url = "https://api.authlete.com"
api_key = "env:AUTHLETE_API_KEY"
api_secret = "secretsmanager:mydemo/authlete#api_secret"
"""

SECRET = "secretsmanager:mydemo/authlete#api_secret"

REST, HTTP, WEBSOCKET = 'type = "rest"\n', 'type = "http"\n', 'type = "websocket"\n'


class Checking:
    """Writes projects into one directory, and checks them."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        (directory / "functions.py").touch()

    def load(
        self,
        routes: str,
        authorizer: str = "",
        *,
        api: str = REST,
        more: str = VERIFIER,
        openapi: str | None = None,
    ) -> Project:
        if openapi is not None:
            (self.directory / "openapi.yaml").write_text(openapi)
            api += 'openapi = "openapi.yaml"\n'
        text = f"[api]\n{api}\n[routes]\n{routes}\n\n[authorizer]\n{authorizer}\n{more}"
        (self.directory / "apigw-oauth.toml").write_text(text)
        return load_project(self.directory)

    def all(self, *arguments: str, **options: str) -> list[Finding]:
        return check(self.load(*arguments, **options))

    def found(self, rule: Rule, *arguments: str, **options: str) -> list[Finding]:
        return [finding for finding in self.all(*arguments, **options) if finding.code == rule.code]
