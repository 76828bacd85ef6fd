"""What `apigw-oauth try` is made of: one request through a gateway without a server, and what is said about it."""
