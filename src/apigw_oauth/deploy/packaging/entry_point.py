"""lambda_function.py of a package: what Lambda imports, and what sees first whether it is where it belongs."""

from apigw_oauth.deploy.target import Target

_MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
"""As Linux names processors."""

_PYTHON = '''"""What Lambda calls: lambda_function.handler."""

import sys

if sys.version_info[:2] != {version}:
    raise ImportError("this package is for Python {python}; give the function that runtime, or package it anew")
'''
_MACHINE = """
import os

if os.uname().machine != {machine!r}:
    raise ImportError("this package is for {architecture}; give the function that processor, or package it anew")
"""
_HANDLER = """
from apigw_oauth.authorizer.lambda_handler import handler

__all__ = ["handler"]
"""


def text(target: Target, *, has_machine_code: bool) -> str:
    """Return the file; without machine code, any processor will do."""
    version = tuple(map(int, target.python.split(".")))
    checks = [_PYTHON.format(version=version, python=target.python)]
    if has_machine_code:
        architecture = target.architecture
        checks += [_MACHINE.format(machine=_MACHINES[architecture], architecture=architecture)]
    return "".join([*checks, _HANDLER])
