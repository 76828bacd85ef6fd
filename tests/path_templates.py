"""Path templates, made of parts."""


def path_template(parts: list[str], rest: list[str]) -> str:
    """Join the parts, and give every variable a name of its own: two of one name would be a mistake."""
    named = [part.replace("{x}", f"{{x{number}}}") for number, part in enumerate(parts)]
    return "/" + "/".join(named + rest)
