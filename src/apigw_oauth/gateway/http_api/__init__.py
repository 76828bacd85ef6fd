"""HTTP APIs (API Gateway v2) with Lambda authorizers, on the developer's own machine."""
