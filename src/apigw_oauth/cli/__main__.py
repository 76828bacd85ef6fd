"""`python -m apigw_oauth.cli` is the command `apigw-oauth`."""

from apigw_oauth.cli.main import main

if __name__ == "__main__":
    main()
