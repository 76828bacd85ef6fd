"""The command `apigw-oauth`."""


def main() -> None:
    """Run the command."""
