"""For the tests of those who write a verifier of their own.

Loads nothing of pytest, and is in no deployment package.
"""

from apigw_oauth.testing.verifier_conformance import TokenVerifierConformance as TokenVerifierConformance
from apigw_oauth.testing.verifier_conformance import request_to as request_to

__all__ = ["TokenVerifierConformance", "request_to"]
