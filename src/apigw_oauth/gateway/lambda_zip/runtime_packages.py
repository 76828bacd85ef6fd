"""What Lambda's Python runtime has beside the standard library: its runtime client, boto3, and what they need.

This file is also run by itself, by an interpreter that is to run a function: it imports nothing of ours.
"""

import importlib.metadata
import json
import re
import sys

CLIENT = "awslambdaric"
_INCLUDED = (CLIENT, "boto3")


def installed() -> list[str]:
    """Return the files and directories of these packages, for the interpreter that runs this.

    Raises importlib.metadata.PackageNotFoundError without the runtime client; boto3 may be missing.
    """
    importlib.metadata.distribution(CLIENT)
    found: dict[str, importlib.metadata.Distribution] = {}
    names = list(_INCLUDED)
    while names:
        name = names.pop()
        try:
            distribution = found[name] if name in found else importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        if name not in found:
            found[name] = distribution
            names += _needed(distribution)
    return sorted({path for distribution in found.values() for path in _paths(distribution)})


def _needed(distribution: importlib.metadata.Distribution) -> list[str]:
    """Return the names of the packages that one needs; a marker is answered by what is installed."""
    return [
        match[0]
        for requirement in distribution.requires or ()
        if "extra ==" not in requirement and (match := re.match(r"[A-Za-z0-9._-]+", requirement))
    ]


def _paths(distribution: importlib.metadata.Distribution) -> set[str]:
    """Return what stands in site-packages itself of a package."""
    tops = {file.parts[0] for file in distribution.files or ()}
    return {str(distribution.locate_file(top)) for top in tops if top not in {"..", "__pycache__"}}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(installed()))
