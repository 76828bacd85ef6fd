"""What IAM matches with a resource of a policy. See "Using wildcards in resource ARNs" in the IAM User Guide."""

MAX_RESOURCE_LENGTH = 512
"""Characters. See "Amazon API Gateway quotas and important notes"."""


def matches(pattern: str, text: str) -> bool:
    """Say whether IAM would match: `*` is any run of characters, slashes included, and `?` exactly one.

    Takes at most len(pattern) times len(text) steps, whatever a client puts into the path.
    """
    at, pattern_at = 0, 0
    star, resume = -1, 0
    while at < len(text):
        if pattern_at < len(pattern) and pattern[pattern_at] == "*":
            star, resume = pattern_at, at
            pattern_at += 1
        elif pattern_at < len(pattern) and pattern[pattern_at] in {text[at], "?"}:
            at, pattern_at = at + 1, pattern_at + 1
        elif star >= 0:
            resume += 1
            at, pattern_at = resume, star + 1
        else:
            return False
    return not pattern[pattern_at:].strip("*")
