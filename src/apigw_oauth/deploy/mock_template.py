"""The body of a mock integration, as the template in Velocity (VTL) that API Gateway takes it for.

See "Mapping template reference" in the API Gateway developer guide: `$` begins a variable, `#` a directive or a
comment, and a backslash before them changes what they mean.
"""

import json
import re

_SPECIAL = re.compile(r"\\(?=\\*[$#])|[$#]")
_NAMES = {"$": "dollar", "#": "hash", "\\": "backslash"}
_ESCAPES = {"$": "\\u0024", "#": "\\u0023"}


def vtl(body: str) -> str:
    """Return a template that renders the body: exactly, or as equal JSON."""
    if _SPECIAL.search(body) is None:
        return body
    return _escaped(body) if _is_json(body) else _assigned(body)


def _escaped(body: str) -> str:
    """JSON has `$` and `#` in strings alone, where they can be written so that VTL does not see them."""
    return re.sub(r"[$#]", lambda found: _ESCAPES[found[0]], body)


def _assigned(body: str) -> str:
    """Any other text gets them from variables, a backslash before them too: it would escape a variable."""
    used = [character for character in _NAMES if any(found[0] == character for found in _SPECIAL.finditer(body))]
    assignments = "".join(f"#set(${_NAMES[character]} = '{character}')" for character in used)
    return assignments + _SPECIAL.sub(lambda found: f"${{{_NAMES[found[0]]}}}", body)


def _is_json(body: str) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True
