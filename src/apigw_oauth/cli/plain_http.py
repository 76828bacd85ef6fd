"""HTTP without TLS, as the servers on this machine speak it."""

import ssl


def trusted(url: str) -> ssl.SSLContext | bool:
    """Return what httpx2 is to trust at an address: over plain HTTP nobody shows a certificate.

    It would load those of all authorities nevertheless, which takes longer than the request.
    """
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if url.startswith("http:") else True
