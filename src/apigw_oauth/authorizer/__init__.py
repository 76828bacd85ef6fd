"""The Lambda authorizer: everything in this folder runs in Lambda, on the standard library."""
