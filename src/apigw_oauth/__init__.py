"""OAuth access tokens for APIs on Amazon API Gateway.

The public names are loaded when they are first used: this file is part of every cold start.
"""

__version__ = "0.1.0"

_HOMES = {
    "AccessToken": "access_token",
    "AnswerTooLargeError": "errors",
    "Authorizer": "authorizer",
    "AuthorizerError": "errors",
    "BearerTokenError": "errors",
    "Decision": "decision",
    "InsufficientScopeError": "errors",
    "InvalidRequestError": "errors",
    "InvalidTokenError": "errors",
    "MissingTokenError": "errors",
    "Reason": "reason",
    "Route": "routes",
    "RouteTable": "routes",
    "SettingsError": "errors",
    "TokenVerifier": "verifier",
    "UnknownEventError": "errors",
    "VerifierUnavailableError": "errors",
}

__all__ = ["__version__"]
__all__ += list(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.authorizer.{_HOMES[name]}"), name)
