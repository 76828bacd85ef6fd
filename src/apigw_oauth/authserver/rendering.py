"""The HTML pages: templates, and the headers that keep a page what it is."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

from apigw_oauth.authserver.secret_hashes import new_token

if TYPE_CHECKING:
    from jinja2 import Environment


class Pages:
    """Renders the templates of this folder's `pages/`; everything is escaped."""

    def __init__(self, service_name: str, random: Callable[[int], bytes]) -> None:
        self._service_name = service_name
        self._random = random

    def response(
        self,
        template: str,
        *,
        status: int = 200,
        form_targets: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> HTMLResponse:
        """Render a page that cannot be framed, kept, or made to load anything.

        `form_targets` are the sources of Content-Security-Policy to which its form may lead, redirects included.
        """
        nonce = new_token(self._random, 16)
        html = self._templates.get_template(template).render(
            service_name=self._service_name, nonce=nonce, **values
        )
        return HTMLResponse(html, status, {**_headers(nonce, form_targets), **(headers or {})})

    @cached_property
    def _templates(self) -> "Environment":
        from jinja2 import Environment, PackageLoader, StrictUndefined  # most runs show no page

        loader = PackageLoader("apigw_oauth.authserver", "pages")
        return Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )


def _headers(nonce: str, form_targets: Sequence[str]) -> Mapping[str, str]:
    # Browsers hold redirects after a form against form-action too, so the redirect URI's origin has to be there.
    targets = " ".join(form_targets) or "'none'"
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action {targets}"
    )
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Pragma": "no-cache",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
