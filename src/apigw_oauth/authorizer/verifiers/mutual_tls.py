"""Connections with a certificate of ours, by which we authenticate. See RFC 8705 §2.1."""

import os
import ssl

from apigw_oauth.authorizer.errors import SettingsError
from apigw_oauth.authorizer.verifiers.introspection_endpoint import Tls
from apigw_oauth.authorizer.verifiers.table import Table


def from_table(table: Table) -> Tls:
    """Return what makes connections with `client_certificate` and `client_key`. Raises SettingsError."""
    certificate, key = (_pem(table, name) for name in ("client_certificate", "client_key"))
    if certificate is None or key is None:
        return ssl.create_default_context
    context = _context(certificate, key)
    return lambda: context


def _pem(table: Table, name: str) -> str | None:
    """Return what the settings hold; None where that is not known yet."""
    if table.is_unresolved(name):
        return None
    value = table.value(name)
    if not isinstance(value, str) or "-----BEGIN" not in value:
        raise SettingsError(f"{name}: must be PEM, as in a file: reference to it")
    return value


def _context(certificate: str, key: str) -> ssl.SSLContext:
    """Load both by way of a file that nobody else can read, and that is gone at once: `ssl` reads files alone."""
    import tempfile

    context = ssl.create_default_context()
    descriptor, path = tempfile.mkstemp(prefix="apigw-oauth-", suffix=".pem")  # its mode is 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{certificate}\n{key}\n")
        context.load_cert_chain(path, password=lambda: "")  # an encrypted key is a mistake, and asks nobody
    except (OSError, ValueError):
        raise SettingsError(
            "client_certificate: cannot be loaded with client_key; do they belong together, and is the key"
            " without a password?"
        ) from None
    finally:
        os.unlink(path)
    return context
