"""DeployError: why nothing was deployed, or not all of it."""


class DeployError(Exception):
    """It was not deployed; the message says why, and what to do about it. It holds no secret."""
