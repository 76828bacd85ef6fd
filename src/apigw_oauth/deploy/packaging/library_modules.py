"""What of a library is compiled: what is imported at a start. The rest is there, and compiled if it is needed."""

from collections.abc import Iterable, Iterator, Mapping

from apigw_oauth.deploy.packaging.python_imports import Import, imports_of
from apigw_oauth.deploy.packaging.zip_file import Packed

# What the compiled part of `cryptography` imports by itself, to verify its first ECDSA signature.
_UNSEEN = ("cryptography.hazmat.backends.openssl.backend",)


def imported(files: Mapping[str, bytes | Packed], names: Iterable[str]) -> dict[str, bytes]:
    """Return the Python files that importing modules executes, without what functions import."""
    found: dict[str, bytes] = {}
    waiting = [*names, *_UNSEEN]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if not name or name in seen:
            continue
        seen.add(name)
        waiting.append(name.rpartition(".")[0])
        for path in (f"{name.replace('.', '/')}.py", f"{name.replace('.', '/')}/__init__.py"):
            source = files.get(path)
            if isinstance(source, bytes):
                found[path] = source
                package = name if path.endswith("/__init__.py") else name.rpartition(".")[0]
                waiting += _names(imports_of(source, package=package))
    return found


def _names(imports: Iterable[Import]) -> Iterator[str]:
    for one in imports:
        if not one.deferred:
            yield from (one.module, *(f"{one.module}.{name}" for name in one.names))
