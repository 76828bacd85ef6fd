"""What is done before the first request comes: while Lambda initializes a function, its processor is whole.

Afterwards a function of 256 MB has a seventh of one. So connections are opened, for which the authorities that the
system trusts are loaded (28 ms of a whole processor for 144 of them), and keys are fetched. Nothing depends on it:
whatever fails is met by the first request, as if it had not been tried.
"""

import contextlib
import threading
from collections.abc import Callable, Mapping

from apigw_oauth.authorizer.verifier import Surroundings, TokenVerifier, prepare

PATIENCE = 3.0
"""Seconds, of the ten that Lambda gives to the initialization of a function."""

KIND_VARIABLE = "AWS_LAMBDA_INITIALIZATION_TYPE"


def prepared(
    make: Callable[[], TokenVerifier],
    *,
    environ: Mapping[str, str],
    surroundings: Surroundings,
    patience: float = PATIENCE,
) -> TokenVerifier:
    """Make a verifier, and let it prepare itself for `patience` seconds at most. Raises what `make` raises.

    With SnapStart, many environments begin with what this one holds: connections cannot be among it.
    """
    verifier = make()
    step = surroundings.tls if environ.get(KIND_VARIABLE) == "snap-start" else lambda: prepare(verifier)
    # In a thread, since nobody can tell how long a name is resolved, or somebody's own verifier takes.
    thread = threading.Thread(target=_silently, args=(step,), daemon=True)
    try:
        thread.start()
    except RuntimeError:  # there can be no more threads
        return verifier
    thread.join(patience)
    # No two threads have one verifier: that one is left to its thread, however that ends.
    return make() if thread.is_alive() else verifier


def _silently(step: Callable[[], object]) -> None:
    with contextlib.suppress(BaseException):  # a thread would print it, with whatever secrets it holds
        step()
