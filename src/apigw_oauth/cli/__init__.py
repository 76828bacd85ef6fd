"""The command `apigw-oauth`: one file a command."""
