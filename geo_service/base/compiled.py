"""Floor 0: compiled functions: numba's compiler behind one typed decorator, and whether its cache is warm.

Compiled code is kept beside the module (or under ``NUMBA_CACHE_DIR``), so only the first run after an installation
compiles, for about a minute on a small machine.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.extending import intrinsic

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile a function of numbers and numpy arrays to machine code at its first call; it releases the GIL.

    Division by zero gives infinity or NaN as in numpy. Floating point keeps its order, so that a seed repeats a run.
    """
    return cast(F, numba.njit(cache=True, nogil=True, error_model="numpy")(function))


def is_compiled(function: Callable[..., Any]) -> bool:
    """Tell whether a compiled function was compiled before, in this process or in an earlier one."""
    kept = getattr(function, "_cache", None)
    if kept is None or getattr(function, "signatures", None):
        return True
    name = function.__qualname__.replace("<", "").replace(">", "")
    module = function.__module__.rpartition(".")[2]
    return any(Path(kept.cache_path).glob(f"{module}.{name}-*.nbc"))


def bare(function: F) -> F:
    """Compile like `compiled`, for a function that makes no array: it counts no references, which costs in small ones.

    What it is given must be kept alive by its caller.
    """
    options: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False, "forceinline": True}
    return cast(F, numba.njit(**options)(function))


@intrinsic
def _borrowed(typing_context: Any, array: Any) -> Any:
    """Inside compiled code: see an array that somebody else keeps alive, without counting references.

    Counting is atomic and shared between threads; in a loop of microseconds it would cost more than the work.
    """

    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(signature.return_type)(context, builder, arguments[0])
        for name in ("meminfo", "parent"):
            setattr(view, name, getattr(view, name).type(None))
        return view._getvalue()

    return array(array), lower


borrowed: Callable[[Any], Any] = cast(Any, _borrowed)
"""See `_borrowed`; mypy does not know that numba itself gives the first argument."""
