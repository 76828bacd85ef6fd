"""API Gateway on the developer's own machine: APIs with Lambda authorizers, without an AWS account."""
