"""The authorizer of Powertools for AWS Lambda: its verifier `auth_alpha`, which is made of PyJWT and urllib3."""

import os
from typing import Any

from aws_lambda_powertools.utilities.auth_alpha import JWTVerifier

VERIFIER = JWTVerifier(
    issuer=os.environ["ISSUER"],
    audience=os.environ["AUDIENCE"],
    algorithms=["RS256"],
    jwks_uri=os.environ["JWKS_URI"],
    required_claims=["sub"],
)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer the event of a TOKEN authorizer."""
    return VERIFIER.authorize(event, context_claims=["client_id", "scope"])
