"""PackageError: why nothing was packaged."""


class PackageError(Exception):
    """Nothing was packaged; the message says why, and what to change. It holds no secret."""
