"""What SSM Parameter Store and Secrets Manager keep: by the Lambda extension if it is there, else by the SDK."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from apigw_oauth.authorizer import secrets_extension
from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.references import Source
from apigw_oauth.authorizer.rotation import When
from apigw_oauth.authorizer.secrets_extension import Extension

CONNECT_TIMEOUT, READ_TIMEOUT, ATTEMPTS = 1.0, 2.0, 2
"""Seconds, and how often; a request may be waiting, and API Gateway gives it ten seconds in all."""

MakeClient = Callable[[str, str | None], Any]
"""Makes a boto3 client, of a service and a region (None: the one of the environment)."""


def make_client(service: str, region: str | None) -> Any:
    """Make a boto3 client; boto3 is in Lambda's Python, and is imported here and nowhere else."""
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        raise SettingsError("boto3 is not there, by which AWS is asked for secrets; install it") from None
    # A session of its own: the shared one keeps the credentials that it has found first, for a whole process.
    return boto3.Session().client(
        service,
        region_name=region or os.environ.get("AWS_REGION"),  # which boto3 does not look at, and all others do
        config=Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
        ),
    )


class AwsSecrets:
    """Reads parameters and secrets."""

    def __init__(self, extension: Extension | None, *, make_client: MakeClient = make_client) -> None:
        """Set up; nobody is asked yet."""
        self._extension = extension
        self._make_client = make_client
        self._clients: dict[tuple[str, str | None], Any] = {}

    def read(self, source: Source, *, when: When) -> str | None:
        """Return the text that is kept; None where the extension has it, but not before the first request.

        After a refusal AWS itself is asked, since the extension keeps what it has read for minutes. Raises
        SettingsError, VerifierUnavailableError.
        """
        # Once the SDK is loaded, there is nothing to be saved any more.
        if self._extension is not None and when != "refusal" and not self._clients:
            said = self._extension.read(source, wait=when == "request")
            if said.text is not None:
                return said.text
            if not said.ready and when == "start":
                return None
        return self._by_sdk(source)

    def _by_sdk(self, source: Source) -> str:
        region = source.arn[3] if source.arn else None
        client: Any = None
        try:
            with _no_debug_messages():
                client = self._clients.get((source.service, region)) or self._make_client(source.service, region)
                self._clients[source.service, region] = client
                if source.service == "ssm":
                    found = client.get_parameter(Name=source.id, WithDecryption=True)["Parameter"].get("Value")
                else:
                    found = client.get_secret_value(SecretId=source.id).get("SecretString")
        except SettingsError:
            raise
        except Exception as error:  # noqa: BLE001 - of many kinds, all of which are told apart there
            from apigw_oauth.authorizer import aws_refusals

            raise aws_refusals.read(error, source, getattr(client, "meta", None)) from None
        if not isinstance(found, str):
            raise SettingsError(f"the secret {source.id} is binary; store it as a text")
        return found


@contextmanager
def _no_debug_messages() -> Iterator[None]:
    """Keep quiet what is logged for debugging: what AWS answers, and the session token of the role, are among it.

    Lambda's log level DEBUG, or a hook that sets up `logging`, would have botocore write both into the log.
    """
    import logging  # boto3 does, too

    before = logging.root.manager.disable
    logging.disable(max(before, logging.DEBUG))
    try:
        yield
    finally:
        logging.disable(before)


def of(environ: Mapping[str, str]) -> AwsSecrets:
    """Return what reads secrets in this environment."""
    return AwsSecrets(secrets_extension.find(environ))
