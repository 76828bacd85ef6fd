"""What the results were measured on."""

import os
import platform
import ssl
import time
from importlib.metadata import version
from pathlib import Path

from benchmarks.processors import Split, split


def facts() -> dict[str, str]:
    """Return what matters for the times, in words."""
    return {
        "when": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "apigw-oauth": version("apigw-oauth"),
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "TLS": ssl.OPENSSL_VERSION,
        "system": f"{platform.system()} {platform.release()} on {platform.machine()}",
        "processors": f"{os.cpu_count()} × {_processor()}",
        "pinned": _pinned(split()),
    }


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return (names or [platform.processor() or "unknown"])[0]


def _pinned(processors: Split) -> str:
    if not processors.measured:
        return "no: the system leaves no choice"
    return "functions on one processor, everything else on the others"
