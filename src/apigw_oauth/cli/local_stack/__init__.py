"""The servers of `apigw-oauth serve`: one process for the authorization server, one for gateway and authorizer."""
