"""API Gateway on the developer's own machine: REST APIs with Lambda authorizers, without an AWS account."""
