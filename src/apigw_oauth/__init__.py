"""OAuth access tokens for APIs on Amazon API Gateway."""

__version__ = "0.1.0"
