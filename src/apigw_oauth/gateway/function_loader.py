"""Load a function from a file, as a cold start of Lambda does."""

import importlib
import importlib.util
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

# Modules that were loaded for a function carry this mark, so that the next cold start can load its own.
_MARK = "__loaded_for_lambda_function__"

# sys.path and sys.modules belong to the whole process: one cold start at a time.
_LOADING = threading.Lock()
_PATIENCE = 9.0


def load_handler(file: Path, attribute: str, directory: Path) -> Callable[[dict[str, Any], object], object]:
    """Execute a file below `directory` and return its function `attribute`.

    The directory comes first on the import path while the file is loaded, and last afterwards, for imports inside
    functions. Every cold start gets modules of its own, also when another directory has modules of the same names.
    Raises whatever the file raises, and ImportError when there is no such file or function.
    """
    root = directory.resolve()
    path = root / file
    if not path.is_file():
        raise ImportError(f"Unable to import module '{path.stem}': there is no file {file}")
    if not _LOADING.acquire(timeout=_PATIENCE):
        raise ImportError("another function is still being loaded, and does not come to an end")
    try:
        with _importable(root):
            module = _execute(path, ".".join(file.with_suffix("").parts))
    finally:
        _LOADING.release()
    handler: Callable[[dict[str, Any], object], object] | None = getattr(module, attribute, None)
    if handler is not None and callable(handler):
        return handler
    raise ImportError(f"Handler '{attribute}' missing on module '{path.stem}'")


def _execute(path: Path, name: str) -> ModuleType:
    # A file may be called like a module of the gateway's own; that one stays.
    free = name if name not in sys.modules else f"_lambda_function_{name}"
    spec = importlib.util.spec_from_file_location(free, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"Unable to import module '{name}'")
    module = importlib.util.module_from_spec(spec)
    sys.modules[free] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(free, None)
        raise
    return module


@contextmanager
def _importable(root: Path) -> Iterator[None]:
    for name in [name for name, module in sys.modules.items() if _MARK in getattr(module, "__dict__", ())]:
        del sys.modules[name]
    before = set(sys.modules)
    entry = str(root)
    sys.path.insert(0, entry)
    importlib.invalidate_caches()
    writes_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = writes_bytecode
        sys.path.remove(entry)
        if entry not in sys.path:
            sys.path.append(entry)
        for name in set(sys.modules) - before:
            module = sys.modules[name]
            if _is_below(module, root):
                setattr(module, _MARK, entry)


def _is_below(module: ModuleType, root: Path) -> bool:
    """Say whether the module is one of the project's own files, and not of a virtual environment inside it."""
    file = getattr(module, "__file__", None)
    if not file or not Path(file).is_relative_to(root):
        return False
    return "site-packages" not in Path(file).relative_to(root).parts
