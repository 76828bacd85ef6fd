"""OAuth access tokens for APIs on Amazon API Gateway.

The public names are loaded when they are first used: this file is part of every cold start.
"""

__version__ = "0.1.0"

TYPE_CHECKING = False  # `typing` has it too, but takes milliseconds to load
if TYPE_CHECKING:
    from apigw_oauth.authorizer.access_token import AccessToken as AccessToken
    from apigw_oauth.authorizer.authorizer import Authorizer as Authorizer
    from apigw_oauth.authorizer.decision import Decision as Decision
    from apigw_oauth.authorizer.errors import AnswerTooLargeError as AnswerTooLargeError
    from apigw_oauth.authorizer.errors import AuthorizerError as AuthorizerError
    from apigw_oauth.authorizer.errors import BearerTokenError as BearerTokenError
    from apigw_oauth.authorizer.errors import (
        InsufficientAuthenticationError as InsufficientAuthenticationError,
    )
    from apigw_oauth.authorizer.errors import InsufficientScopeError as InsufficientScopeError
    from apigw_oauth.authorizer.errors import InvalidProofError as InvalidProofError
    from apigw_oauth.authorizer.errors import InvalidRequestError as InvalidRequestError
    from apigw_oauth.authorizer.errors import InvalidTokenError as InvalidTokenError
    from apigw_oauth.authorizer.errors import MissingTokenError as MissingTokenError
    from apigw_oauth.authorizer.errors import NonceRequiredError as NonceRequiredError
    from apigw_oauth.authorizer.errors import SettingsError as SettingsError
    from apigw_oauth.authorizer.errors import UnknownEventError as UnknownEventError
    from apigw_oauth.authorizer.errors import VerifierUnavailableError as VerifierUnavailableError
    from apigw_oauth.authorizer.reason import Reason as Reason
    from apigw_oauth.authorizer.route import Route as Route
    from apigw_oauth.authorizer.routes import RouteTable as RouteTable
    from apigw_oauth.authorizer.verifier import TokenVerifier as TokenVerifier

_HOMES = {
    "AccessToken": "access_token",
    "AnswerTooLargeError": "errors",
    "Authorizer": "authorizer",
    "AuthorizerError": "errors",
    "BearerTokenError": "errors",
    "Decision": "decision",
    "InsufficientAuthenticationError": "errors",
    "InsufficientScopeError": "errors",
    "InvalidProofError": "errors",
    "InvalidRequestError": "errors",
    "InvalidTokenError": "errors",
    "MissingTokenError": "errors",
    "NonceRequiredError": "errors",
    "Reason": "reason",
    "Route": "route",
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
