"""django-oauth-toolkit on loopback, for the tests of tests/interop; a program of its own.

The first line of standard input is {"clients": [...], "users": {login: password}, "scopes": [...]}; standard output
answers each line with one of JSON. Later lines are words: "down" closes the port, "up" opens it again, and
"clock SECONDS" sets the server's clock that far from the machine's. It ends when standard input does.
"""

import json
import secrets
import sys
import tempfile
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import include, path
from django.utils import timezone

APPLICATIONS = ["auth", "contenttypes", "sessions"]
LOGIN_PAGE = "<form method=post>{% csrf_token %}{{ form.as_p }}<button>Log in</button></form>"


def configure(directory: Path, scopes: list[str]) -> None:
    settings.configure(
        SECRET_KEY=secrets.token_hex(),
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        LOGIN_URL="/login/",
        INSTALLED_APPS=[*(f"django.contrib.{name}" for name in APPLICATIONS), "oauth2_provider"],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": directory / "server.sqlite3"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        TEMPLATES=[_templates()],
        MIGRATION_MODULES=dict.fromkeys(
            [*APPLICATIONS, "oauth2_provider"]
        ),  # the tables as they are by now, at once
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # fast, for secrets that live a minute
        OAUTH2_PROVIDER={
            "SCOPES": dict.fromkeys([*scopes, "introspection"], "A scope"),
            "ACCESS_TOKEN_EXPIRE_SECONDS": 600,
            "ALLOWED_SCHEMES": ["http", "https"],
        },
    )
    django.setup()


def _templates() -> dict[str, Any]:
    pages = ("django.template.loaders.locmem.Loader", {"registration/login.html": LOGIN_PAGE})
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {"loaders": [pages, "django.template.loaders.app_directories.Loader"]},
    }


def fill(config: Mapping[str, Any]) -> None:
    """Make the tables, the users and the clients."""
    from django.contrib.auth import get_user_model
    from oauth2_provider.models import get_application_model

    call_command("migrate", run_syncdb=True, verbosity=0)
    for login, password in config["users"].items():
        get_user_model().objects.create_user(login, password=password)
    for client in config["clients"]:
        get_application_model().objects.create(**client)


class Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Say nothing: standard error is for mistakes."""


class Server:
    """The port, which can be closed and opened again. One request at a time, one connection each, HTTP/1.0."""

    def __init__(self) -> None:
        self._application = get_wsgi_application()
        self._server = self._open(0)

    @property
    def port(self) -> int:
        return self._server.server_port

    def down(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def up(self) -> None:
        self._server = self._open(self.port)

    def _open(self, port: int) -> WSGIServer:
        server = WSGIServer(("127.0.0.1", port), Quiet)
        server.set_app(self._application)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return server


class Clock:
    """What Django takes for the present."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        self._real = timezone.now
        timezone.now = self

    def __call__(self) -> datetime:
        now: datetime = self._real()
        return now + self.ahead


def urls() -> list[Any]:
    from django.contrib.auth.views import LoginView

    return [path("login/", LoginView.as_view()), path("", include("oauth2_provider.urls"))]


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        config = json.loads(sys.stdin.readline())
        configure(Path(directory), config["scopes"])
        globals()["urlpatterns"] = urls()
        fill(config)
        clock, server = Clock(), Server()
        say(event="ready", issuer=f"http://127.0.0.1:{server.port}")
        for line in sys.stdin:
            word, _, value = line.strip().partition(" ")
            if word == "clock":
                clock.ahead = timedelta(seconds=float(value))
            else:
                {"down": server.down, "up": server.up}[word]()
            say(event=word)


def say(**document: str) -> None:
    print(json.dumps(document), flush=True)  # noqa: T201 - how the tests are answered


if __name__ == "__main__":
    main()
