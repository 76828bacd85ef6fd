"""What the gateway needs for TLS: a certificate for as long as `serve` runs, and the project's trust store."""

from datetime import UTC, datetime

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.project import Project


class GatewayTls:
    """TLS at the gateway's address. The certificate is made once, so that a reload does not change it."""

    def __init__(self, host: str) -> None:
        """Make the certificate; `host` is where the gateway listens."""
        from apigw_oauth.gateway import server_certificate

        self._made = server_certificate.make([host], datetime.now(UTC))

    @property
    def authority(self) -> str:
        """Return the certificate of the authority that clients may trust, as PEM text."""
        return self._made.authority

    def settings(self, project: Project) -> dict[str, str | None]:
        """Return what the gateway's process is told. Raises SettingsError about the trust store."""
        return {
            "certificate": self._made.certificate,
            "key": self._made.key,
            "trust_store": _trust_store(project),
        }


def settings_of(tls: GatewayTls | None, project: Project) -> dict[str, str | None] | None:
    """Return what the gateway's process is told; None without TLS. Raises SettingsError."""
    if tls is not None:
        return tls.settings(project)
    if project.file.local.trust_store is not None:
        raise _mistake(project, "certificates of clients need TLS; start `apigw-oauth serve --tls`")
    return None


def _trust_store(project: Project) -> str | None:
    """Read the project's trust store, as API Gateway reads it from S3: CA certificates in PEM."""
    from apigw_oauth.gateway.tls import TrustStoreError, check_trust_store

    name = project.file.local.trust_store
    if name is None:
        return None
    try:
        text = (project.directory / name).read_text(encoding="utf-8", errors="replace")
        check_trust_store(text)
    except OSError as error:
        raise _mistake(project, f"{name}: {error.strerror}") from None
    except TrustStoreError as error:
        raise _mistake(project, f"{name} {error}") from None
    return text


def _mistake(project: Project, reason: str) -> SettingsError:
    return SettingsError(f"{project.path}: local.trust_store: {reason}")
