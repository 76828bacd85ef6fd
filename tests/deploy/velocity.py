"""As much of Velocity (VTL) as templates of mock integrations use, read as its user guide says.

`#set` of a text in single quotes; `$name` and `${name}`; a backslash before a variable that is set, which takes the
place of the variable's value; comments. Whatever else begins with `#` and a letter is no directive that it knows.
"""

import re

_TOKEN = re.compile(
    r"#set\(\s*\$(?P<set>\w+)\s*=\s*'(?P<value>[^']*)'\s*\)"
    r"|(?P<slashes>\\*)\$(?P<brace>\{)?(?P<name>[A-Za-z][\w-]*)(?(brace)\})"
    r"|##[^\n]*\n?"
    r"|\#\*.*?\*\#"
    r"|(?P<directive>\\*\#\{?[a-z]+)",
    re.DOTALL,
)


def rendered(template: str) -> str:
    """Return what the template makes. Raises ValueError for a directive that is not `#set`."""
    known: dict[str, str] = {}

    def replacement(found: re.Match[str]) -> str:
        if found["set"]:
            known[found["set"]] = found["value"]
            return ""
        if found["directive"]:
            raise ValueError(f"a directive: {found['directive']}")
        if not found["name"]:
            return ""
        if found["name"] not in known:
            return found[0]
        slashes = len(found["slashes"])
        # Each pair of backslashes is one, and an odd one makes the variable a text.
        shown = found[0][slashes:] if slashes % 2 else known[found["name"]]
        return "\\" * (slashes // 2) + shown

    return _TOKEN.sub(replacement, template)
