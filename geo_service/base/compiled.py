"""Floor 0: compiled functions: numba's compiler behind one typed decorator, and whether its cache is warm.

Compiled code is kept beside the module (or under ``NUMBA_CACHE_DIR``), so only the first run after an installation
compiles, for about a minute on a small machine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile a function of numbers and numpy arrays to machine code at its first call; it releases the GIL.

    Division by zero gives infinity or NaN as in numpy. Floating point keeps its order, so that a seed repeats a run.
    """
    return cast(F, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
