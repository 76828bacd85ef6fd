"""The ZIP files that Lambda runs: of the authorizer, and of the functions behind the routes."""
