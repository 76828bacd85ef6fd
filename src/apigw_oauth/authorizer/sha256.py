"""SHA-256 by the module that Python brings along for it.

`hashlib` asks OpenSSL for all algorithms that it has: 6 million instructions of a start, beside 230 million of the
least function that asks over TLS. `random` of the standard library goes the same way, with the same way out.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        from _sha2 import sha256
    except ImportError:
        try:
            from _sha256 import sha256  # Python 3.11
        except ImportError:
            from hashlib import sha256

__all__ = ["sha256"]
